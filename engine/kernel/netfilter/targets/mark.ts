/** Setting marks. Linux net/netfilter/xt_mark.c. */
import { defineTarget, UsageError } from "../xtables/extension.ts";
import {
  formatMasked,
  hex,
  requireMasked,
  requireUnsigned,
  type MaskedValue,
} from "../xtables/options.ts";

const NAME = "MARK";

export const MARK = defineTarget<MaskedValue>({
  name: NAME,
  docs: { summary: "sets the packet's mark", examples: ["-j MARK --set-xmark 0x1/0xff"] },
  options: {
    "set-mark": "argument",
    "set-xmark": "argument",
    "and-mark": "argument",
    "or-mark": "argument",
    "xor-mark": "argument",
  },
  exclusive: [["set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark"]],
  parse(options) {
    const option = options.at(-1);
    if (!option) {
      throw new UsageError(
        "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required",
      );
    }
    switch (option.name) {
      case "set-mark": {
        const { value, mask } = requireMasked(NAME, option);
        return { value, mask: (value | mask) >>> 0 };
      }
      case "set-xmark":
        return requireMasked(NAME, option);
      case "and-mark":
        return { value: 0, mask: ~requireUnsigned(NAME, option) >>> 0 };
      case "or-mark": {
        const value = requireUnsigned(NAME, option);
        return { value, mask: value };
      }
      default:
        return { value: requireUnsigned(NAME, option), mask: 0 };
    }
  },
  save: ({ value, mask }) => ` --set-xmark ${hex(value)}/${hex(mask)}`,
  list({ value, mask }) {
    if (value === 0) return ` MARK and ${hex(~mask)}`;
    if (value === mask) return ` MARK or ${hex(value)}`;
    if (mask === 0) return ` MARK xor ${hex(value)}`;
    if (mask === 0xffffffff) return ` MARK set ${hex(value)}`;
    return ` MARK xset ${formatMasked({ value, mask })}`;
  },
  evaluate({ value, mask }, { packet }) {
    packet.mark = ((packet.mark & ~mask) ^ value) >>> 0;
    return "continue";
  },
});
