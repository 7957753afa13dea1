/** Membership in an IP set. Linux net/netfilter/xt_set.c. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not } from "../xtables/options.ts";

interface SetTest {
  readonly name: string;
  readonly directions: readonly ("src" | "dst")[];
  readonly negated: boolean;
}

function parseSetUse(
  value: string,
  setDimension: (name: string) => number | undefined,
): Omit<SetTest, "negated"> {
  const [name = "", flags = ""] = value.split(" ");
  if (setDimension(name) === undefined) throw new UsageError(`Set ${name} doesn't exist.\n`);
  const directions = flags.split(",").map((flag) => {
    if (flag !== "src" && flag !== "dst") {
      throw new UsageError("You must spefify (the comma separated list of) 'src' or 'dst'.");
    }
    return flag;
  });
  return { name, directions };
}

export const set = defineMatch<SetTest>({
  name: "set",
  docs: { summary: "membership in an IP set", examples: [] },
  options: { "match-set": "argument" },
  negatable: ["match-set"],
  parse(options, { setDimension }) {
    const option = options.at(-1);
    if (!option) throw missingOption("set", "match-set");
    return { ...parseSetUse(option.value, setDimension), negated: option.negated };
  },
  save: ({ name, directions, negated }) =>
    `${not(negated)} --match-set ${name} ${directions.join(",")}`,
  list: ({ name, directions, negated }) =>
    `${not(negated)} match-set ${name} ${directions.join(",")}`,
  evaluate({ name, directions, negated }, { netns, packet }) {
    return netns.netfilter.sets.testPacket(name, packet, directions) !== negated;
  },
});
