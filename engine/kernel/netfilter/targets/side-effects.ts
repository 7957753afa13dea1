/** Targets whose effect is on what Podwire does not have: priorities, offloads, the audit log. */
import { onlyFrom } from "../xtables/check.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { missingOption } from "../xtables/options.ts";

interface ClassConfig {
  readonly major: number;
  readonly minor: number;
}

/** Linux net/netfilter/xt_CLASSIFY.c. */
export const CLASSIFY = defineTarget<ClassConfig>({
  name: "CLASSIFY",
  docs: {
    summary: "the class of the queueing discipline; there are none with classes",
    examples: ["-t mangle -j CLASSIFY --set-class 0001:0010"],
  },
  options: { "set-class": "argument" },
  parse([option]) {
    if (!option) throw missingOption("CLASSIFY", "set-class");
    const parts = /^([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})$/.exec(option.value);
    if (!parts) throw new UsageError(`Bad class value "${option.value}"`);
    return {
      major: Number.parseInt(parts[1] as string, 16),
      minor: Number.parseInt(parts[2] as string, 16),
    };
  },
  save({ major, minor }) {
    const four = (value: number): string => value.toString(16).padStart(4, "0");
    return ` --set-class ${four(major)}:${four(minor)}`;
  },
  list: ({ major, minor }) => ` CLASSIFY set ${major.toString(16)}:${minor.toString(16)}`,
  check: (_, context) => onlyFrom(context, ["FORWARD", "OUTPUT", "POSTROUTING"]),
  evaluate: () => "continue",
});

/** Packets have their checksums when they become bytes. Linux net/netfilter/xt_CHECKSUM.c. */
export const CHECKSUM = defineTarget<undefined>({
  name: "CHECKSUM",
  docs: { summary: "fills in the checksum", examples: ["-t mangle -j CHECKSUM --checksum-fill"] },
  options: { "checksum-fill": "flag" },
  parse([option]) {
    if (!option) throw missingOption("CHECKSUM", "checksum-fill");
    return undefined;
  },
  save: () => " --checksum-fill",
  list: () => " CHECKSUM fill",
  check: (_, { table }) => table === "mangle",
  evaluate: () => "continue",
});

const AUDIT_TYPES = ["accept", "drop", "reject"] as const;

/** Linux net/netfilter/xt_AUDIT.c. */
export const AUDIT = defineTarget<string>({
  name: "AUDIT",
  docs: {
    summary: "a record for the audit daemon; there is none",
    examples: ["-j AUDIT --type accept"],
  },
  options: { type: "argument" },
  parse([option]) {
    if (!option) throw missingOption("AUDIT", "type");
    const type = AUDIT_TYPES.find((one) => one === option.value.toLowerCase());
    if (type === undefined) throw new UsageError(`Bad action type value "${option.value}"`);
    return type;
  },
  save: (type) => ` --type ${type}`,
  list: (type) => ` AUDIT ${type}`,
  evaluate: () => "continue",
});
