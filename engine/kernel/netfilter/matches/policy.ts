/** Packets that IPsec handles: there are none here. Linux net/netfilter/xt_policy.c. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { onlyFrom } from "../xtables/check.ts";

interface PolicyTest {
  readonly direction: "in" | "out";
  readonly policy: "none" | "ipsec";
}

export const policy = defineMatch<PolicyTest>({
  name: "policy",
  docs: {
    summary: "whether IPsec handles the packet",
    examples: ["-m policy --dir in --pol none"],
  },
  options: { dir: "argument", pol: "argument" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name)?.value;
    const direction = find("dir");
    const kind = find("pol");
    if (direction !== undefined && direction !== "in" && direction !== "out") {
      throw new UsageError(`policy_match: invalid dir "${direction}"`);
    }
    if (kind !== undefined && kind !== "none" && kind !== "ipsec") {
      throw new UsageError(`policy match: invalid policy "${kind}"`);
    }
    if (direction === undefined) {
      throw new UsageError("policy match: neither --dir in nor --dir out specified");
    }
    return { direction, policy: kind ?? "ipsec" };
  },
  save: ({ direction, policy: kind }) => ` --dir ${direction} --pol ${kind}`,
  list: ({ direction, policy: kind }) => ` policy match dir ${direction} pol ${kind}`,
  check: ({ direction }, context) =>
    onlyFrom(
      context,
      direction === "in"
        ? ["PREROUTING", "INPUT", "FORWARD"]
        : ["FORWARD", "OUTPUT", "POSTROUTING"],
    ),
  evaluate: ({ policy: kind }) => kind === "none",
});
