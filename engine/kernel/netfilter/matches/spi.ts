/** Security parameter indexes of IPsec headers. Linux xt_esp.c, ipt_ah.c, xt_ipcomp.c. */
import { read16, read32 } from "../../../net/bytes.ts";
import type { Packet } from "../../../net/packet.ts";
import { defineMatch, UsageError, type MatchDefinition } from "../xtables/extension.ts";
import { not, parseUnsigned } from "../xtables/options.ts";

interface SpiTest {
  readonly first: number;
  readonly last: number;
  readonly negated: boolean;
}

interface Kind {
  readonly name: string;
  readonly protocol: number;
  readonly option: string;
  readonly max: number;
  /** How the listing begins. */
  readonly label: string;
  /** Undefined: the packet is too short. */
  indexOf(payload: Uint8Array): number | undefined;
}

const isAny = ({ first, last }: SpiTest, max: number): boolean => first === 0 && last === max;

function format({ first, last }: SpiTest): string {
  return first === last ? String(first) : `${first}:${last}`;
}

function indexOf({ transport, payload, ip }: Packet, kind: Kind): number | undefined {
  if (transport || !ip || ip.fragmentOffset > 0) return undefined;
  return kind.indexOf(payload);
}

function spiMatch(kind: Kind): MatchDefinition<unknown> {
  const { name, option, max, protocol, label } = kind;
  return defineMatch<SpiTest>({
    name,
    docs: {
      summary: "security parameter index",
      examples: [`-p ${name} -m ${name} --${option} 100:200`],
    },
    options: { [option]: "argument" },
    negatable: [option],
    parse([typed]) {
      if (!typed) return { first: 0, last: max, negated: false };
      const [low = "", high] = typed.value.split(":");
      const number = (text: string): number => {
        const value = parseUnsigned(text, max);
        if (value === undefined) {
          throw new UsageError(
            `${name}: bad value for option "--${option}" near "${text}", or out of range (0-${max}).\n`,
          );
        }
        return value;
      };
      const first = low === "" && high !== undefined ? 0 : number(low);
      const last = high === undefined ? first : high === "" ? max : number(high);
      return { first, last, negated: typed.negated };
    },
    save: (test) =>
      isAny(test, max) && !test.negated ? "" : `${not(test.negated)} --${option} ${format(test)}`,
    list(test) {
      if (isAny(test, max) && !test.negated) return ` ${label}`;
      const word = test.first === test.last ? "spi" : "spis";
      return ` ${label.trimEnd()} ${word}:${test.negated ? "!" : ""}${format(test)}`;
    },
    check: (_, context) => context.protocol === protocol && !context.protocolNegated,
    evaluate(test, { packet }) {
      const index = indexOf(packet, kind);
      if (index === undefined) return false;
      return (index >= test.first && index <= test.last) !== test.negated;
    },
  });
}

const at = (offset: number) => (payload: Uint8Array) =>
  payload.length >= offset + 4 ? read32(payload, offset) : undefined;

export const esp = spiMatch({
  name: "esp",
  protocol: 50,
  option: "espspi",
  max: 0xffffffff,
  label: "esp",
  indexOf: at(0),
});

export const ah = spiMatch({
  name: "ah",
  protocol: 51,
  option: "ahspi",
  max: 0xffffffff,
  label: "ah ",
  indexOf: at(4),
});

export const ipcomp = spiMatch({
  name: "ipcomp",
  protocol: 108,
  option: "ipcompspi",
  max: 0xffffffff,
  label: "comp",
  indexOf: (payload) => (payload.length >= 4 ? read16(payload, 2) : undefined),
});
