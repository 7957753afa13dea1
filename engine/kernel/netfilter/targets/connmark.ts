/** Marks of connections. Linux net/netfilter/xt_connmark.c. */
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { hex, requireMasked, requireUnsigned } from "../xtables/options.ts";

const NAME = "CONNMARK";

type ConnmarkAction =
  | { readonly kind: "set"; readonly value: number; readonly mask: number }
  | { readonly kind: "save" | "restore"; readonly ctmask: number; readonly nfmask: number };

const ALL = 0xffffffff;

export const CONNMARK = defineTarget<ConnmarkAction>({
  name: NAME,
  docs: {
    summary: "sets, saves or restores the connection's mark",
    examples: [
      "-j CONNMARK --set-xmark 0x1/0xffffffff",
      "-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
    ],
  },
  options: {
    "set-mark": "argument",
    "set-xmark": "argument",
    "and-mark": "argument",
    "or-mark": "argument",
    "xor-mark": "argument",
    "save-mark": "flag",
    "restore-mark": "flag",
    mask: "argument",
    nfmask: "argument",
    ctmask: "argument",
  },
  exclusive: [
    ["set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark", "save-mark", "restore-mark"],
    ["nfmask", "mask"],
    ["ctmask", "mask"],
  ],
  tracksConnections: true,
  parse(options) {
    let action: ConnmarkAction | undefined;
    let ctmask = ALL;
    let nfmask = ALL;
    for (const option of options) {
      switch (option.name) {
        case "set-mark": {
          const { value, mask } = requireMasked(NAME, option);
          action = { kind: "set", value, mask: (mask | value) >>> 0 };
          break;
        }
        case "set-xmark":
          action = { kind: "set", ...requireMasked(NAME, option) };
          break;
        case "and-mark":
          action = { kind: "set", value: 0, mask: ~requireUnsigned(NAME, option) >>> 0 };
          break;
        case "or-mark": {
          const value = requireUnsigned(NAME, option);
          action = { kind: "set", value, mask: value };
          break;
        }
        case "xor-mark":
          action = { kind: "set", value: requireUnsigned(NAME, option), mask: 0 };
          break;
        case "save-mark":
          action = { kind: "save", ctmask, nfmask };
          break;
        case "restore-mark":
          action = { kind: "restore", ctmask, nfmask };
          break;
        default: {
          const mask = requireUnsigned(NAME, option);
          if (option.name !== "nfmask") ctmask = mask;
          if (option.name !== "ctmask") nfmask = mask;
          if (option.name === "mask" && action?.kind === "set") action = { ...action, mask };
        }
      }
    }
    if (!action) throw new UsageError("CONNMARK target: No operation specified");
    return action.kind === "set" ? action : { ...action, ctmask, nfmask };
  },
  save(action) {
    if (action.kind === "set") return ` --set-xmark ${hex(action.value)}/${hex(action.mask)}`;
    return ` --${action.kind}-mark --nfmask ${hex(action.nfmask)} --ctmask ${hex(action.ctmask)}`;
  },
  list(action) {
    if (action.kind === "set") {
      const { value, mask } = action;
      if (value === 0) return ` CONNMARK and ${hex(~mask)}`;
      if (value === mask) return ` CONNMARK or ${hex(value)}`;
      if (mask === 0) return ` CONNMARK xor ${hex(value)}`;
      if (mask === ALL) return ` CONNMARK set ${hex(value)}`;
      return ` CONNMARK xset ${hex(value)}/${hex(mask)}`;
    }
    const { kind, nfmask, ctmask } = action;
    if (nfmask === ALL && ctmask === ALL) return ` CONNMARK ${kind}`;
    if (nfmask === ctmask) return ` CONNMARK ${kind} mask ${hex(ctmask)}`;
    if (kind === "restore") return ` CONNMARK restore ctmask ${hex(ctmask)} nfmask ~${hex(nfmask)}`;
    return ` CONNMARK save nfmask ${hex(nfmask)} ctmask ~${hex(ctmask)}`;
  },
  evaluate(action, { packet, track }) {
    const entry = track?.entry;
    if (!entry) return "continue";
    if (action.kind === "restore") {
      const mark = (packet.mark & ~action.nfmask) ^ (entry.mark & action.ctmask);
      packet.mark = mark >>> 0;
      return "continue";
    }
    const before = entry.mark;
    if (action.kind === "set") entry.mark = ((before & ~action.mask) ^ action.value) >>> 0;
    else entry.mark = ((before & ~action.ctmask) ^ (packet.mark & action.nfmask)) >>> 0;
    if (entry.mark !== before) entry.changed = true;
    return "continue";
  },
});
