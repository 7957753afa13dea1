/** The control group of the sending socket, of which Podwire has only the root. Linux net/netfilter/xt_cgroup.c. */
import { onlyFrom } from "../xtables/check.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { not, requireUnsigned } from "../xtables/options.ts";

interface CgroupTest {
  /** Undefined: no group was named, which the kernel refuses. */
  readonly classId: number | undefined;
  readonly negated: boolean;
}

export const cgroup = defineMatch<CgroupTest>({
  name: "cgroup",
  docs: {
    summary: "class of the sending socket's control group (net_cls); always 0 here",
    examples: ["-m cgroup --cgroup 65537"],
  },
  options: { cgroup: "argument", path: "argument" },
  negatable: ["cgroup", "path"],
  exclusive: [["path", "cgroup"]],
  parse(options) {
    const [option] = options;
    if (option?.name === "path") throw new UsageError("Podwire does not model cgroup --path");
    const classId = option && requireUnsigned("cgroup", option);
    return { classId, negated: option?.negated ?? false };
  },
  save: ({ classId, negated }) => `${not(negated)} --cgroup ${classId}`,
  list: ({ classId, negated }) => ` cgroup${not(negated)} ${classId}`,
  check: ({ classId }, context) =>
    classId !== undefined && onlyFrom(context, ["INPUT", "OUTPUT", "POSTROUTING"]),
  evaluate: ({ classId, negated }, { packet }) =>
    packet.ownerUid !== undefined && (classId === 0) !== negated,
});
