/** Bytes somewhere in the packet. Linux net/netfilter/xt_string.c. */
import { serialiseIpPayload } from "../../../net/codec.ts";
import { ipv4HeaderLength } from "../../../net/ipv4.ts";
import { decodeUtf8, encodeUtf8 } from "../../../sim/utf8.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { missingOption, not, requireUnsigned } from "../xtables/options.ts";

interface StringTest {
  readonly pattern: Uint8Array;
  readonly algorithm: string;
  /** Offsets from the start of the IP header, where the pattern may begin. */
  readonly from: number;
  readonly to: number;
  readonly ignoreCase: boolean;
  readonly negated: boolean;
}

/** XT_STRING_MAX_PATTERN_SIZE */
const MAX_PATTERN = 128;
const MAX_OFFSET = 65535;

/** `GET |20 2f|` */
function parseHexString(text: string): Uint8Array {
  const parts = text.split("|");
  const bytes = parts.flatMap((part, index) => {
    if (index % 2 === 0) return [...encodeUtf8(part)];
    const digits = part.replace(/\s/g, "");
    const wrong = /[^0-9a-fA-F]/.exec(digits);
    if (wrong) throw new UsageError(`Invalid hex char '${wrong[0]}'`);
    if (digits.length % 2 === 1) throw new UsageError("Odd number of hex digits");
    return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  });
  return Uint8Array.from(bytes);
}

const isPlain = (pattern: Uint8Array): boolean =>
  pattern.every((byte) => byte >= 0x20 && byte < 0x7f);

function quotedPattern(pattern: Uint8Array): string {
  if (isPlain(pattern)) return `"${decodeUtf8(pattern).replace(/["\\]/g, (one) => `\\${one}`)}"`;
  return `"|${Array.from(pattern, (byte) => byte.toString(16).padStart(2, "0")).join("")}|"`;
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

function contains(test: StringTest, { packet, ip }: HookContext): boolean {
  const { pattern, from, to, ignoreCase } = test;
  const header = ipv4HeaderLength(ip);
  const bytes = serialiseIpPayload(packet);
  const start = Math.max(0, from - header);
  const end = Math.min(bytes.length - pattern.length, to - header);
  const fold = ignoreCase ? lower : (byte: number): number => byte;
  for (let at = start; at <= end; at++) {
    if (pattern.every((byte, index) => fold(byte) === fold(bytes[at + index] as number))) {
      return true;
    }
  }
  return false;
}

export const string = defineMatch<StringTest>({
  name: "string",
  docs: {
    summary: "bytes somewhere in the packet",
    examples: ['-m string --string "needle" --algo bm'],
  },
  options: {
    from: "argument",
    to: "argument",
    algo: "argument",
    string: "argument",
    "hex-string": "argument",
    icase: "flag",
  },
  negatable: ["string", "hex-string"],
  exclusive: [["string", "hex-string"]],
  parse(options) {
    let test: StringTest = {
      pattern: new Uint8Array(0),
      algorithm: "",
      from: 0,
      to: MAX_OFFSET,
      ignoreCase: false,
      negated: false,
    };
    for (const option of options) {
      const { name, value, negated } = option;
      switch (name) {
        case "from":
          test = { ...test, from: requireUnsigned("string", option, MAX_OFFSET) };
          break;
        case "to":
          test = { ...test, to: requireUnsigned("string", option, MAX_OFFSET) };
          break;
        case "algo":
          test = { ...test, algorithm: value };
          break;
        case "icase":
          test = { ...test, ignoreCase: true };
          break;
        default: {
          const pattern = name === "string" ? encodeUtf8(value) : parseHexString(value);
          if (pattern.length > MAX_PATTERN) throw new UsageError(`STRING too long "${value}"`);
          test = { ...test, pattern, negated };
        }
      }
    }
    if (test.algorithm === "") throw missingOption("string", "algo");
    if (test.pattern.length === 0) {
      throw new UsageError("STRING match: You must specify `--string' or `--hex-string'");
    }
    return test;
  },
  save({ pattern, algorithm, from, to, ignoreCase, negated }) {
    const option = isPlain(pattern) ? "string" : "hex-string";
    let text = `${not(negated)} --${option} ${quotedPattern(pattern)} --algo ${algorithm}`;
    if (from !== 0) text += ` --from ${from}`;
    if (to !== MAX_OFFSET) text += ` --to ${to}`;
    return ignoreCase ? `${text} --icase` : text;
  },
  list({ pattern, algorithm, from, to, ignoreCase, negated }) {
    let text = ` STRING match ${negated ? "!" : ""} ${quotedPattern(pattern)}`;
    text += ` ALGO name ${algorithm}`;
    if (from !== 0) text += ` FROM ${from}`;
    if (to !== MAX_OFFSET) text += ` TO ${to}`;
    return ignoreCase ? `${text} ICASE` : text;
  },
  check({ algorithm, from, to }) {
    if (from > to) return false;
    return ["bm", "kmp", "fsm"].includes(algorithm) || "ENOENT";
  },
  evaluate: (test, context) => contains(test, context) !== test.negated,
});
