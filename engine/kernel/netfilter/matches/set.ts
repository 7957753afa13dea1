/** Membership in an IP set. Linux net/netfilter/xt_set.c. */
import { formatSetUse, parseSetUse, type SetUse } from "../ipset/set-use.ts";
import { defineMatch, UsageError, type TypedOption } from "../xtables/extension.ts";
import { not, requireUnsigned } from "../xtables/options.ts";

type Comparison = "eq" | "lt" | "gt";

interface CounterTest {
  readonly comparison: Comparison;
  readonly value: number;
  readonly negated: boolean;
}

interface SetTest extends SetUse {
  readonly negated: boolean;
  readonly returnNoMatch: boolean;
  readonly updatesCounters: boolean;
  readonly updatesSubcounters: boolean;
  readonly packets: CounterTest | undefined;
  readonly bytes: CounterTest | undefined;
}

function counterTest(
  options: readonly TypedOption[],
  what: "packets" | "bytes",
): CounterTest | undefined {
  const found = options.filter(({ name }) => name.startsWith(`${what}-`));
  if (found.length > 1) throw new UsageError(`only one of the --${what}-[eq|lt|gt] is allowed\n`);
  const [option] = found;
  if (!option) return undefined;
  const comparison = option.name.slice(what.length + 1) as Comparison;
  return { comparison, value: requireUnsigned("set", option), negated: option.negated };
}

function passes(test: CounterTest | undefined, counter: number): boolean {
  if (!test) return true;
  const { comparison, value, negated } = test;
  if (comparison === "eq") return (counter === value) !== negated;
  return comparison === "lt" ? counter < value : counter > value;
}

function formatCounters(what: string, test: CounterTest | undefined, dashes: string): string {
  if (!test) return "";
  return `${not(test.negated)} ${dashes}${what}-${test.comparison} ${test.value}`;
}

function format(test: SetTest, dashes: "--" | ""): string {
  let text = `${not(test.negated)} ${dashes}match-set ${formatSetUse(test)}`;
  if (test.returnNoMatch) text += ` ${dashes}return-nomatch`;
  if (!test.updatesCounters) text += ` ! ${dashes}update-counters`;
  if (!test.updatesSubcounters) text += ` ! ${dashes}update-subcounters`;
  text += formatCounters("packets", test.packets, dashes);
  return text + formatCounters("bytes", test.bytes, dashes);
}

export const set = defineMatch<SetTest>({
  name: "set",
  docs: { summary: "membership in an IP set", examples: [] },
  options: {
    "match-set": "arguments",
    "return-nomatch": "flag",
    "update-counters": "flag",
    "update-subcounters": "flag",
    "packets-eq": "argument",
    "packets-lt": "argument",
    "packets-gt": "argument",
    "bytes-eq": "argument",
    "bytes-lt": "argument",
    "bytes-gt": "argument",
  },
  negatable: ["match-set", "update-counters", "update-subcounters", "packets-eq", "bytes-eq"],
  repeatable: ["match-set"],
  parse(options, context) {
    const [option, again] = options.filter(({ name }) => name === "match-set");
    if (!option) throw new UsageError("You must specify `--match-set' with proper arguments");
    if (again) throw new UsageError("--match-set can be specified only once");
    const isOff = (name: string): boolean =>
      options.some((one) => one.name === name && one.negated);
    return {
      ...parseSetUse(option.value, context),
      negated: option.negated,
      returnNoMatch: options.some(({ name }) => name === "return-nomatch"),
      updatesCounters: !isOff("update-counters"),
      updatesSubcounters: !isOff("update-subcounters"),
      packets: counterTest(options, "packets"),
      bytes: counterTest(options, "bytes"),
    };
  },
  save: (test) => format(test, "--"),
  list: (test) => format(test, ""),
  usesSets: ({ name }) => [name],
  evaluate(test, context) {
    const query = {
      ...test,
      wants: (packets: number, bytes: number) =>
        passes(test.packets, packets) && passes(test.bytes, bytes),
    };
    const found = context.netns.netfilter.sets.findPacket(test.name, context, query);
    return (found !== undefined) !== test.negated;
  },
});
