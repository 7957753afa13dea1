/** The bridge ports a packet comes and goes by. Linux net/netfilter/xt_physdev.c. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { not } from "../xtables/options.ts";
import { interfacePasses } from "../xtables/ruleset.ts";
import type { InterfaceTest } from "../xtables/rule.ts";

interface Flag {
  readonly negated: boolean;
}

interface PhysdevTest {
  readonly isIn: Flag | undefined;
  readonly input: InterfaceTest | undefined;
  readonly isOut: Flag | undefined;
  readonly output: InterfaceTest | undefined;
  readonly isBridged: Flag | undefined;
}

function portName({ netns }: HookContext, ifindex: number): string | undefined {
  return ifindex === 0 ? undefined : netns.deviceByIndex(ifindex)?.name;
}

const passesFlag = (flag: Flag | undefined, value: boolean): boolean =>
  !flag || value !== flag.negated;

export const physdev = defineMatch<PhysdevTest>({
  name: "physdev",
  docs: {
    summary: "bridge ports that a packet comes and goes by",
    examples: ["-m physdev --physdev-in eth0", "-m physdev --physdev-is-bridged"],
  },
  options: {
    "physdev-in": "argument",
    "physdev-out": "argument",
    "physdev-is-in": "flag",
    "physdev-is-out": "flag",
    "physdev-is-bridged": "flag",
  },
  negatable: ["physdev-in", "physdev-out", "physdev-is-in", "physdev-is-out", "physdev-is-bridged"],
  parse(options) {
    let test: PhysdevTest = {
      isIn: undefined,
      input: undefined,
      isOut: undefined,
      output: undefined,
      isBridged: undefined,
    };
    for (const { name, value, negated } of options) {
      switch (name) {
        case "physdev-in":
          test = { ...test, input: { name: value, negated } };
          break;
        case "physdev-out":
          test = { ...test, output: { name: value, negated } };
          break;
        case "physdev-is-in":
          test = { ...test, isIn: { negated } };
          break;
        case "physdev-is-out":
          test = { ...test, isOut: { negated } };
          break;
        default:
          test = { ...test, isBridged: { negated } };
      }
    }
    if (options.length === 0) throw new UsageError("PHYSDEV: no physdev option specified");
    return test;
  },
  save({ isIn, input, isOut, output, isBridged }) {
    let text = isIn ? `${not(isIn.negated)} --physdev-is-in` : "";
    if (input) text += `${not(input.negated)} --physdev-in ${input.name}`;
    if (isOut) text += `${not(isOut.negated)} --physdev-is-out`;
    if (output) text += `${not(output.negated)} --physdev-out ${output.name}`;
    if (isBridged) text += `${not(isBridged.negated)} --physdev-is-bridged`;
    return text;
  },
  list({ isIn, input, isOut, output, isBridged }) {
    let text = " PHYSDEV match";
    if (isIn) text += `${not(isIn.negated)} --physdev-is-in`;
    if (input) text += `${not(input.negated)} --physdev-in ${input.name}`;
    if (isOut) text += `${not(isOut.negated)} --physdev-is-out`;
    if (output) text += `${not(output.negated)} --physdev-out ${output.name}`;
    if (isBridged) text += `${not(isBridged.negated)} --physdev-is-bridged`;
    return text;
  },
  check: ({ output, isOut, isBridged }, { hooks }) =>
    !hooks.has("OUTPUT") || (!output && !isOut) || (isBridged && !isBridged.negated) === true,
  evaluate({ isIn, input, isOut, output, isBridged }, context) {
    const { packet } = context;
    const inPort = portName(context, packet.physIif);
    const outPort = portName(context, packet.physOif);
    if (!passesFlag(isIn, inPort !== undefined)) return false;
    if (!passesFlag(isOut, outPort !== undefined)) return false;
    if (!passesFlag(isBridged, inPort !== undefined && outPort !== undefined)) return false;
    if (input && !interfacePasses(input, inPort ?? "")) return false;
    return !output || interfacePasses(output, outPort ?? "");
  },
});
