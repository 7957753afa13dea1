/** Reads a sed script. Error texts and positions are GNU sed's. */
import { compileRegex, RegexError } from "../support/regex.ts";
import {
  ScriptError,
  type Address,
  type Command,
  type EndAddress,
  type Pattern,
  type ReplacementPart,
  type Substitution,
} from "./script.ts";

export interface ScriptOptions {
  readonly extended: boolean;
  readonly sandbox: boolean;
}

/** A piece of the script: `-e` (its number), or a file. */
export interface ScriptPiece {
  readonly text: string;
  readonly origin: { readonly expression: number } | { readonly file: string };
}

const ESCAPES: Record<string, string> = {
  a: "\x07",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const NO_ADDRESS = new Set([":", "}"]);
const KNOWN = "{}=abcdeDFgGhHilnNpPqQrRstTvwWxyz:#";

export function parseScript(pieces: readonly ScriptPiece[], options: ScriptOptions): Command[] {
  const commands: Command[] = [];
  const blocks: number[] = [];
  let blockPlace = "";
  for (const [index, piece] of pieces.entries()) {
    const parser = new Parser(piece, options, pieces[index + 1] !== undefined);
    for (let command = parser.next(); command; command = parser.next()) {
      if (command.name === "{") {
        blocks.push(commands.length);
        blockPlace = parser.place(0);
      } else if (command.name === "}") {
        const open = blocks.pop();
        if (open === undefined) throw parser.error("unexpected `}'");
        (commands[open] as Command).target = commands.length;
        continue;
      }
      commands.push(command);
    }
  }
  if (blocks.length > 0) throw new ScriptError(`${blockPlace}: unmatched \`{'`);
  resolveLabels(commands);
  return commands;
}

function resolveLabels(commands: readonly Command[]): void {
  const labels = new Map<string, number>();
  commands.forEach((command, index) => {
    if (command.name === ":") labels.set(command.text, index);
  });
  for (const command of commands) {
    if (!"btT".includes(command.name)) continue;
    const target = command.text === "" ? commands.length : labels.get(command.text);
    if (target === undefined)
      throw new ScriptError(`can't find label for jump to \`${command.text}'`, 4);
    command.target = target;
  }
}

class Parser {
  private at = 0;
  private readonly text: string;

  constructor(
    private readonly piece: ScriptPiece,
    private readonly options: ScriptOptions,
    private readonly hasMore: boolean,
  ) {
    this.text = piece.text;
  }

  place(at: number): string {
    const { origin } = this.piece;
    return "expression" in origin
      ? `-e expression #${origin.expression}, char ${at}`
      : `file ${origin.file} line ${this.text.slice(0, at).split("\n").length}`;
  }

  error(message: string, at = Math.min(this.at, this.text.length)): ScriptError {
    return new ScriptError(`${this.place(at)}: ${message}`);
  }

  private skip(pattern: RegExp): void {
    while (this.at < this.text.length && pattern.test(this.text[this.at] as string)) this.at += 1;
  }

  next(): Command | undefined {
    this.skip(/[\s;]/);
    if (this.at >= this.text.length) return undefined;
    const from = this.address();
    let to: EndAddress | undefined;
    this.skip(/[ \t]/);
    if (from && this.text[this.at] === ",") {
      this.at += 1;
      this.skip(/[ \t]/);
      to = this.endAddress();
      if (!to) {
        this.at += 1;
        throw this.error("unexpected `,'");
      }
    } else if (this.text[this.at] === ",") {
      this.at += 1;
      throw this.error("unexpected `,'");
    }
    if (from?.kind === "line" && from.line === 0 && to?.kind !== "pattern") {
      this.at += 1;
      throw this.error("invalid usage of line address 0");
    }
    this.skip(/[ \t]/);
    let negated = false;
    while (this.text[this.at] === "!") {
      this.at += 1;
      if (negated) throw this.error("multiple `!'s");
      negated = true;
      this.skip(/[ \t]/);
    }
    const name = this.text[this.at];
    if (name === undefined) throw this.error("missing command");
    this.at += 1;
    if (name === "#") {
      if (from) throw this.error("comments don't accept any addresses");
      this.skip(/[^\n]/);
      return this.next();
    }
    if (!KNOWN.includes(name)) throw this.error(`unknown command: \`${name}'`);
    if (from && NO_ADDRESS.has(name)) {
      throw this.error(
        name === ":"
          ? ": doesn't want any addresses"
          : "} doesn't want any addresses".replace("} ", "} "),
      );
    }
    return { from, to, negated, name, target: 0, text: "", ...this.body(name) };
  }

  private address(): Address | undefined {
    const char = this.text[this.at];
    if (char === undefined) return undefined;
    if (/\d/.test(char)) {
      const line = this.number();
      if (this.text[this.at] === "~") {
        this.at += 1;
        return { kind: "step", first: line, step: this.number() };
      }
      return { kind: "line", line };
    }
    if (char === "$") {
      this.at += 1;
      return { kind: "last" };
    }
    if (char === "/" || (char === "\\" && this.at + 1 < this.text.length)) {
      if (char === "\\") this.at += 1;
      const source = this.delimited(true);
      if (source === undefined) throw this.error("unterminated address regex");
      let ignoreCase = false;
      let multiline = false;
      for (; this.text[this.at] === "I" || this.text[this.at] === "M"; this.at++) {
        if (this.text[this.at] === "I") ignoreCase = true;
        else multiline = true;
      }
      return { kind: "pattern", pattern: this.compile(source, ignoreCase, multiline) };
    }
    return undefined;
  }

  private endAddress(): EndAddress | undefined {
    const found = /^([+~])(\d+)/.exec(this.text.slice(this.at));
    if (!found) return this.address();
    this.at += found[0].length;
    const count = Number(found[2]);
    return found[1] === "+" ? { kind: "plus", lines: count } : { kind: "multiple", of: count };
  }

  private number(): number {
    const digits = /^\d*/.exec(this.text.slice(this.at))?.[0] ?? "";
    this.at += digits.length;
    return Number(digits || 0);
  }

  /**
   * The text up to the delimiter that stands here; undefined: it is missing. In a regex the
   * delimiter loses its backslash, and a bracket expression hides it.
   */
  private delimited(isRegex: boolean): string | undefined {
    const delimiter = this.text[this.at] as string;
    this.at += 1;
    let out = "";
    while (this.at < this.text.length) {
      const char = this.text[this.at] as string;
      this.at += 1;
      if (char === delimiter) return out;
      if (char === "\\" && this.at < this.text.length) {
        const next = this.text[this.at] as string;
        this.at += 1;
        if (next === delimiter) out += isRegex || delimiter !== "&" ? next : `\\${next}`;
        else if (isRegex && next === "n") out += "\n";
        else out += `\\${next}`;
      } else if (char === "[" && isRegex) {
        const bracket = /^\^?\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]\n])*\]/.exec(this.text.slice(this.at));
        if (!bracket) {
          this.at = this.text.length;
          return undefined;
        }
        out += char + bracket[0].replaceAll("\\n", "\n");
        this.at += bracket[0].length;
      } else if (char === "\n" && isRegex) {
        return undefined;
      } else {
        out += char;
      }
    }
    return undefined;
  }

  private compile(source: string, ignoreCase: boolean, multiline: boolean): Pattern {
    if (source === "") return { regex: undefined };
    try {
      return {
        regex: compileRegex(expandPatternEscapes(source), {
          syntax: this.options.extended ? "extended" : "basic",
          ignoreCase,
          multiline,
        }),
      };
    } catch (error) {
      if (error instanceof RegexError) throw this.error(error.message);
      throw error;
    }
  }

  private body(name: string): Partial<Command> {
    switch (name) {
      case "a":
      case "i":
      case "c":
        return { text: this.textArgument() };
      case ":": {
        this.skip(/[ \t]/);
        const label = this.upTo(/[\s;]/);
        if (label === "") throw this.error('":" lacks a label');
        return { text: label };
      }
      case "b":
      case "t":
      case "T": {
        this.skip(/[ \t]/);
        const label = this.upTo(/[\s;}]/);
        this.endCommand();
        return { text: label };
      }
      case "r":
      case "R":
      case "w":
      case "W": {
        this.skip(/[ \t]/);
        const file = this.upTo(/\n/);
        if (file === "") throw this.error("missing filename in r/R/w/W commands");
        if (this.options.sandbox) throw this.error("e/r/w commands disabled in sandbox mode");
        return { text: file };
      }
      case "e":
        throw new ScriptError("Podwire does not model the command 'e'");
      case "q":
      case "Q":
      case "l":
      case "L": {
        this.skip(/[ \t]/);
        const digits = /^\d*/.exec(this.text.slice(this.at))?.[0] ?? "";
        this.at += digits.length;
        this.endCommand();
        return { text: digits };
      }
      case "s":
        return { substitution: this.substitution() };
      case "y":
        return { map: this.transliteration() };
      case "{":
        return {};
      default:
        this.endCommand();
        return {};
    }
  }

  private upTo(stop: RegExp): string {
    const from = this.at;
    while (this.at < this.text.length && !stop.test(this.text[this.at] as string)) this.at += 1;
    return this.text.slice(from, this.at);
  }

  private endCommand(): void {
    this.skip(/[ \t\r]/);
    const char = this.text[this.at];
    if (char === undefined || char === "}" || char === "#") return;
    this.at += 1;
    if (char !== ";" && char !== "\n") throw this.error("extra characters after command");
  }

  /** The text of `a`, `i` and `c`: one line, or after a backslash; a final backslash joins lines. */
  private textArgument(): string {
    this.skip(/[ \t]/);
    if (this.at >= this.text.length) {
      throw this.error("expected \\ after `a', `c' or `i'");
    }
    if (this.text[this.at] === "\\") {
      const rest = /^\\[ \t]*\n/.exec(this.text.slice(this.at));
      if (rest) this.at += rest[0].length;
      else {
        // One-liner: the backslash keeps the blanks that follow.
        this.at += 1;
        if (this.at >= this.text.length && !this.hasMore) throw this.error("incomplete command");
      }
    }
    let out = "";
    while (this.at < this.text.length) {
      const char = this.text[this.at] as string;
      this.at += 1;
      if (char === "\n") break;
      if (char !== "\\") {
        out += char;
        continue;
      }
      const next = this.text[this.at];
      this.at += 1;
      if (next !== undefined)
        out += ESCAPES[next] !== undefined && next !== "n" ? ESCAPES[next] : next;
    }
    return `${out}\n`;
  }

  private substitution(): Substitution {
    const source = this.delimited(true);
    if (source === undefined) throw this.error("unterminated `s' command");
    this.at -= 1;
    const replacement = this.delimited(false);
    if (replacement === undefined) throw this.error("unterminated `s' command");
    let global = false;
    let print = 0;
    let nth = 0;
    let ignoreCase = false;
    let multiline = false;
    let writeTo: string | undefined;
    flags: for (;;) {
      const flag = this.text[this.at];
      this.at += 1;
      switch (flag) {
        case "g":
          if (global) throw this.error("multiple `g' options to `s' command");
          global = true;
          break;
        case "p":
          if (print > 0) throw this.error("multiple `p' options to `s' command");
          print += 1;
          break;
        case "i":
        case "I":
          ignoreCase = true;
          break;
        case "m":
        case "M":
          multiline = true;
          break;
        case "e":
          throw new ScriptError("Podwire does not model the flag 'e' of the command 's'");
        case "w":
          this.skip(/[ \t]/);
          writeTo = this.upTo(/\n/);
          if (writeTo === "") throw this.error("missing filename in r/R/w/W commands");
          break flags;
        case "#":
        case "}":
          this.at -= 1;
          break flags;
        case undefined:
        case "\n":
        case ";":
          break flags;
        case " ":
        case "\t":
        case "\r":
          break;
        default:
          if (!/\d/.test(flag)) throw this.error("unknown option to `s'");
          if (nth > 0) throw this.error("multiple number options to `s' command");
          this.at -= 1;
          nth = this.number();
          if (nth === 0) throw this.error("number option to `s' command may not be zero");
      }
    }
    this.at = Math.min(this.at, this.text.length);
    const pattern = this.compile(source, ignoreCase, multiline);
    const parts = parseReplacement(replacement);
    const highest = Math.max(0, ...parts.map((part) => (part.kind === "group" ? part.index : 0)));
    if (pattern.regex && highest > pattern.regex.groupCount) {
      throw this.error(`invalid reference \\${highest} on \`s' command's RHS`);
    }
    return { pattern, replacement: parts, global, print, nth: nth || 1, writeTo };
  }

  private transliteration(): ReadonlyMap<string, string> {
    const from = this.delimited(false);
    if (from === undefined) throw this.error("unterminated `y' command");
    this.at -= 1;
    const to = this.delimited(false);
    if (to === undefined) throw this.error("unterminated `y' command");
    const clean = (text: string) => [
      ...text.replace(/\\([\\nrtfva])/g, (_, char: string) => ESCAPES[char] ?? char),
    ];
    const source = clean(from);
    const target = clean(to);
    if (source.length !== target.length) {
      throw this.error("strings for `y' command are different lengths");
    }
    this.endCommand();
    return new Map(source.map((char, index) => [char, target[index] as string]));
  }
}

/** \t, \x41 and the like, which the regex syntax itself has not. */
function expandPatternEscapes(source: string): string {
  return source.replace(
    /\\(?:([afrtv])|x([0-9A-Fa-f]{2})|o([0-7]{1,3})|d(\d{1,3})|c(.)|([^]))/g,
    (whole, simple: string, hex: string, octal: string, decimal: string, control: string) => {
      if (simple) return ESCAPES[simple] as string;
      if (control) return String.fromCharCode(control.toUpperCase().charCodeAt(0) ^ 64);
      const code = hex
        ? Number.parseInt(hex, 16)
        : octal
          ? Number.parseInt(octal, 8)
          : decimal
            ? Number(decimal)
            : undefined;
      if (code === undefined) return whole;
      // A special character made this way is only itself.
      const char = String.fromCharCode(code & 255);
      return /[\\^$.[\]*+?(){}|]/.test(char)
        ? `[${char === "^" ? "\\^" : char}]`.replace("[\\^]", "\\^")
        : char;
    },
  );
}

function parseReplacement(text: string): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let literal = "";
  const flush = () => {
    if (literal !== "") parts.push({ kind: "text", text: literal });
    literal = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "&") {
      flush();
      parts.push({ kind: "group", index: 0 });
      continue;
    }
    if (char !== "\\" || at + 1 >= text.length) {
      literal += char;
      continue;
    }
    at += 1;
    const next = text[at] as string;
    const code = /^(?:x([0-9A-Fa-f]{2})|o([0-7]{3})|d(\d{3}))/.exec(text.slice(at, at + 4));
    if (/\d/.test(next)) {
      flush();
      parts.push({ kind: "group", index: Number(next) });
    } else if ("ULulE".includes(next)) {
      flush();
      parts.push({ kind: "case", to: next as "U" | "L" | "u" | "l" | "E" });
    } else if (code) {
      const value = code[1]
        ? Number.parseInt(code[1], 16)
        : code[2]
          ? Number.parseInt(code[2], 8)
          : Number(code[3]);
      literal += String.fromCharCode(value & 255);
      at += code[0].length - 1;
    } else {
      literal += ESCAPES[next] ?? next;
    }
  }
  flush();
  return parts;
}
