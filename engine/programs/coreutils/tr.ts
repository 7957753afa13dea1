import { C_ESCAPES } from "../support/c-escapes.ts";
import { bytesToString, byteString } from "../support/bytes.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

export const tr = defineTool({
  name: "tr",
  package: "coreutils",
  summary: "translate or delete characters",
  usage: ["[OPTION]... STRING1 [STRING2]"],
  description:
    "Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.",
  options: [
    ["-c, --complement", "use the complement of STRING1"],
    ["-C", "same as -c"],
    ["-d, --delete", "delete characters in STRING1, do not translate"],
    ["-s, --squeeze-repeats", "replace each sequence of a repeated character of the last STRING"],
    ["-t, --truncate-set1", "first truncate STRING1 to length of STRING2"],
  ],
  examples: ["tr a-z A-Z", "tr -d '\\r'", "tr -s ' ' | cut -d' ' -f2"],
  limitations: ["Characters are bytes, as in the real one."],
  stopAtOperand: true,
  *run(tool, args) {
    const { operands } = args;
    const deleting = args.has("d");
    const squeezing = args.has("s");
    const needed = (deleting ? squeezing : !squeezing) ? 2 : 1;
    const allowed = deleting && !squeezing ? 1 : 2;
    if (operands.length === 0) throw tool.usage("missing operand");
    if (operands.length < needed) {
      const why = deleting
        ? "Two strings must be given when both deleting and squeezing repeats."
        : "Two strings must be given when translating.";
      throw tool.usage(`missing operand after ${quoteText(operands[0] as string)}\n${why}`);
    }
    if (operands.length > allowed) {
      const why =
        allowed === 1
          ? "\nOnly one string may be given when deleting without squeezing repeats."
          : "";
      throw tool.usage(
        `extra operand ${quoteText(operands[allowed] as string)}${operands.length === 2 ? why : ""}`,
      );
    }
    const complement = args.has("c", "C");
    let from = expandSet(tool, operands[0] as string);
    if (complement) from = complementOf(from);
    const translating = !deleting && operands.length === 2;
    const to = operands.length === 2 ? expandSet(tool, operands[1] as string, from.length) : from;
    const map = new Map<string, string>();
    if (translating) {
      if (to.length === 0 && !args.has("t")) {
        throw tool.fail("when not truncating set1, string2 must be non-empty");
      }
      const used = args.has("t") ? from.slice(0, to.length) : from;
      used.forEach((char, index) => map.set(char, to[Math.min(index, to.length - 1)] as string));
    }
    const removed = new Set(deleting ? from : []);
    const squeezed = new Set(squeezing ? (operands.length === 2 ? to : from) : []);
    let previous = "";
    for (;;) {
      const chunk = yield* tool.sys.read(0, 65536);
      if (chunk.length === 0) return;
      let text = "";
      for (const char of bytesToString(chunk)) {
        if (removed.has(char)) continue;
        const made = map.get(char) ?? char;
        if (made === previous && squeezed.has(made)) continue;
        text += made;
        previous = made;
      }
      yield* tool.out.write(text);
      yield* tool.sys.yieldCpu();
    }
  },
});

const byte = (code: number) => String.fromCharCode(code);
const BYTES = Array.from({ length: 256 }, (_, code) => byte(code));

const CLASSES: Record<string, RegExp> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const ESCAPES: Record<string, string> = {
  ...C_ESCAPES,
  "\\": "\\",
};

function complementOf(set: readonly string[]): string[] {
  const left = new Set(set);
  return BYTES.filter((char) => !left.has(char));
}

/** `fillTo`: how long `[x*]` makes the set. */
function expandSet(tool: Tool, text: string, fillTo?: number): string[] {
  const units = unescape(byteString(text));
  const out: string[] = [];
  for (let at = 0; at < units.length;) {
    const rest = units
      .slice(at)
      .map((unit) => (unit.escaped ? "\0" : unit.char))
      .join("");
    const named = /^\[:([a-z]*):\]/.exec(rest);
    const equal = /^\[=(.)=\]/.exec(rest);
    const repeat = /^\[(.)\*(\d*)\]/s.exec(rest);
    const char = (units[at] as Unit).char;
    if (named) {
      const test = CLASSES[named[1] as string];
      if (!test) throw tool.fail(`invalid character class ${quoteText(named[1] as string)}`);
      out.push(...BYTES.filter((one) => test.test(one)));
      at += named[0].length;
    } else if (equal) {
      out.push((units[at + 2] as Unit).char);
      at += 5;
    } else if (repeat && fillTo !== undefined) {
      const digits = repeat[2] ?? "";
      const tail = units.length - at - repeat[0].length;
      const count = Number.parseInt(digits || "0", digits.startsWith("0") ? 8 : 10);
      const wanted = count || Math.max(0, fillTo - out.length - tail);
      for (let index = 0; index < Math.min(wanted, 65536); index++)
        out.push((units[at + 1] as Unit).char);
      at += repeat[0].length;
    } else if (rest[1] === "-" && at + 2 < units.length) {
      const end = (units[at + 2] as Unit).char;
      if (end < char) {
        throw tool.fail(
          `range-endpoints of '${char}-${end}' are in reverse collating sequence order`,
        );
      }
      for (let code = char.charCodeAt(0); code <= end.charCodeAt(0); code++) out.push(byte(code));
      at += 3;
    } else {
      out.push(char);
      at += 1;
    }
  }
  return out;
}

interface Unit {
  readonly char: string;
  /** Written with a backslash: never an operator. */
  readonly escaped: boolean;
}

function unescape(text: string): Unit[] {
  const units: Unit[] = [];
  for (let at = 0; at < text.length;) {
    const octal = /^\\([0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(text.slice(at, at + 4));
    if (octal) {
      units.push({ char: byte(Number.parseInt(octal[1] as string, 8)), escaped: true });
      at += octal[0].length;
    } else if (text[at] === "\\" && at + 1 < text.length) {
      const next = text[at + 1] as string;
      units.push({ char: ESCAPES[next] ?? next, escaped: true });
      at += 2;
    } else {
      units.push({ char: text[at] as string, escaped: false });
      at += 1;
    }
  }
  return units;
}
