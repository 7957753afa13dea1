/**
 * Reads POSIX basic and extended regular expressions, XBD chapter 9, with GNU's \w \s \b \< \` and
 * (in basic ones) \+ \? \|. Patterns and subjects are byte strings.
 */
import { C_ESCAPES } from "../c-escapes.ts";
import { ByteSet, CLASSES, WORD } from "./byte-set.ts";
import { RegexError, type Node, type ParsedRegex, type RegexSyntax } from "./syntax.ts";

/** RE_DUP_MAX */
const MAX_REPEAT = 32767;
/** Nested groups beyond this are no one's pattern, and would exhaust the stack. */
const MAX_DEPTH = 200;

const SPACE = CLASSES.space as ByteSet;
const ANY = new ByteSet().complement();

const CLASS_ESCAPES: Record<string, ByteSet> = {
  w: WORD,
  W: WORD.complement(),
  s: SPACE,
  S: SPACE.complement(),
};

const ASSERTION_ESCAPES: Record<string, Node> = {
  b: { kind: "assert", what: "word-edge" },
  B: { kind: "assert", what: "not-word-edge" },
  "<": { kind: "assert", what: "word-start" },
  ">": { kind: "assert", what: "word-end" },
  "`": { kind: "assert", what: "text-start" },
  "'": { kind: "assert", what: "text-end" },
};

export function parseRegex(pattern: string, options: RegexSyntax): ParsedRegex {
  return new Parser(pattern, options).parse();
}

class Parser {
  private at = 0;
  private groups = 0;
  private readonly closed = new Set<number>();
  private depth = 0;
  private hasReferences = false;
  private readonly extended: boolean;

  constructor(
    private readonly text: string,
    private readonly options: RegexSyntax,
  ) {
    this.extended = options.syntax !== "basic";
  }

  parse(): ParsedRegex {
    const root = this.choice();
    if (this.at < this.text.length) throw new RegexError("Unmatched ) or \\)");
    return { root, groupCount: this.groups, hasReferences: this.hasReferences };
  }

  private looking(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  private take(token: string): boolean {
    if (!this.looking(token)) return false;
    this.at += token.length;
    return true;
  }

  private choice(): Node {
    const bar = this.extended ? "|" : "\\|";
    const items = [this.sequence()];
    while (this.take(bar)) items.push(this.sequence());
    return items.length === 1 ? (items[0] as Node) : { kind: "choice", items };
  }

  private atSequenceEnd(): boolean {
    if (this.at >= this.text.length) return true;
    if (!this.extended) return this.looking("\\|") || this.looking("\\)");
    // A lone `)` outside every group is an error in grep and sed; the caller says so.
    return this.looking("|") || this.looking(")");
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (!this.atSequenceEnd()) {
      const atom = this.atom(items.length === 0);
      items.push(this.repeated(atom, items.length === 0));
    }
    return items.length === 1 ? (items[0] as Node) : { kind: "sequence", items };
  }

  private repeated(atom: Node, first: boolean): Node {
    // In a basic expression a `*` after a leading `^` is a character.
    if (!this.extended && first && atom.kind === "assert" && this.looking("*")) return atom;
    let node = atom;
    for (;;) {
      const bounds = this.repetition();
      if (!bounds) return node;
      const [min, max] = bounds;
      // Repeating an assertion says no more than the assertion.
      if (node.kind === "assert") node = min === 0 ? { kind: "sequence", items: [] } : node;
      else node = { kind: "repeat", body: node, min, max };
    }
  }

  private repetition(): readonly [number, number] | undefined {
    if (this.take("*")) return [0, Infinity];
    if (this.take(this.extended ? "+" : "\\+")) return [1, Infinity];
    if (this.take(this.extended ? "?" : "\\?")) return [0, 1];
    if (this.options.syntax === "awk") return undefined;
    const open = this.extended ? "{" : "\\{";
    if (!this.looking(open)) return undefined;
    return this.interval(open);
  }

  private interval(open: string): readonly [number, number] | undefined {
    const close = this.extended ? "}" : "\\}";
    const rest = this.text.slice(this.at + open.length);
    const found = /^(\d*)(?:(,)(\d*))?/.exec(rest) as RegExpExecArray;
    const [body, low = "", comma, high = ""] = found;
    const valid = rest.startsWith(close, body.length) && body !== "";
    if (!valid) {
      // What is no interval is text in an extended expression.
      if (this.extended) return undefined;
      throw new RegexError(
        rest.length === body.length ? "Unmatched \\{" : "Invalid content of \\{\\}",
      );
    }
    const min = Number(low || 0);
    const max = comma === undefined ? min : high === "" ? Infinity : Number(high);
    if (max < min) throw new RegexError("Invalid content of \\{\\}");
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
      throw new RegexError("Regular expression too big");
    }
    this.at += open.length + body.length + close.length;
    return [min, max];
  }

  private atom(first: boolean): Node {
    const char = this.text[this.at] as string;
    switch (char) {
      case "\\":
        return this.escape();
      case "[":
        return this.bracket();
      case ".":
        this.at += 1;
        return { kind: "set", set: ANY };
      case "^":
        if (this.extended || first) return this.anchor("start");
        return this.literal(char);
      case "$":
        if (this.extended || this.dollarEnds()) return this.anchor("end");
        return this.literal(char);
      case "(":
        if (this.extended) return this.group("(", ")");
        return this.literal(char);
      case "*":
      case "+":
      case "?":
        // With nothing before it to repeat: a character in basic expressions, else nothing at all.
        if (!this.extended) return this.literal(char);
        return { kind: "sequence", items: [] };
      default:
        return this.literal(char);
    }
  }

  private dollarEnds(): boolean {
    const rest = this.text.slice(this.at + 1);
    return rest === "" || rest.startsWith("\\)") || rest.startsWith("\\|");
  }

  private anchor(side: "start" | "end"): Node {
    this.at += 1;
    return { kind: "assert", what: `${this.options.multiline ? "line" : "text"}-${side}` };
  }

  private literal(char: string): Node {
    this.at += 1;
    return this.set(ByteSet.of(char));
  }

  private set(set: ByteSet): Node {
    return { kind: "set", set: this.options.ignoreCase ? set.foldCase() : set };
  }

  private group(open: string, close: string): Node {
    if (++this.depth > MAX_DEPTH) throw new RegexError("Regular expression too big");
    this.at += open.length;
    const index = ++this.groups;
    const body = this.choice();
    if (!this.take(close)) throw new RegexError("Unmatched ( or \\(");
    this.depth -= 1;
    this.closed.add(index);
    return { kind: "group", index, body };
  }

  private escape(): Node {
    const next = this.text[this.at + 1];
    if (next === undefined) throw new RegexError("Trailing backslash");
    if (this.options.syntax === "awk") return this.awkEscape();
    if (!this.extended && next === "(") return this.group("\\(", "\\)");
    if (!this.extended && next === "{") {
      // Nothing to repeat.
      this.at += 2;
      return this.set(ByteSet.of("{"));
    }
    this.at += 2;
    if (/[1-9]/.test(next)) {
      const index = Number(next);
      if (!this.closed.has(index)) throw new RegexError("Invalid back reference");
      this.hasReferences = true;
      return { kind: "reference", index };
    }
    const assertion = ASSERTION_ESCAPES[next];
    if (assertion) return assertion;
    const named = CLASS_ESCAPES[next];
    if (named) return { kind: "set", set: named };
    if (next === "n") return this.set(ByteSet.of("\n"));
    return this.set(ByteSet.of(next));
  }

  private awkEscape(): Node {
    const octal = /^\\([0-7]{1,3})/.exec(this.text.slice(this.at, this.at + 4));
    if (octal) {
      this.at += octal[0].length;
      const code = Number.parseInt(octal[1] as string, 8) & 255;
      return this.set(ByteSet.of(String.fromCharCode(code)));
    }
    const next = this.text[this.at + 1] as string;
    this.at += 2;
    return this.set(ByteSet.of(C_ESCAPES[next] ?? next));
  }

  private bracket(): Node {
    const unmatched = () => new RegexError("Unmatched [, [^, [:, [., or [=");
    this.at += 1;
    const negated = this.take("^");
    if (this.at >= this.text.length && !negated) throw new RegexError("Invalid regular expression");
    const set = new ByteSet();
    for (let first = true; ; first = false) {
      if (this.at >= this.text.length) throw unmatched();
      if (!first && this.take("]")) break;
      const named = /^\[:([a-z]*):\]/.exec(this.text.slice(this.at, this.at + 16));
      if (named) {
        const found = CLASSES[named[1] as string];
        if (!found) throw new RegexError("Invalid character class name");
        set.addAll(found);
        this.at += named[0].length;
        continue;
      }
      const low = this.bracketChar();
      const isRange =
        this.text[this.at] === "-" &&
        this.text[this.at + 1] !== undefined &&
        this.text[this.at + 1] !== "]";
      if (!isRange) {
        set.add(low);
        continue;
      }
      this.at += 1;
      const high = this.bracketChar();
      if (high < low) throw new RegexError("Invalid range end");
      for (let code = low; code <= high; code++) set.add(code);
    }
    // Case is folded before the complement: [^a] excludes A too.
    const folded = this.options.ignoreCase ? set.foldCase() : set;
    return { kind: "set", set: negated ? folded.complement() : folded };
  }

  /** One byte of a bracket expression: itself, `[.x.]`, `[=x=]`, or awk's escape. */
  private bracketChar(): number {
    const rest = this.text.slice(this.at, this.at + 5);
    const collating = /^\[([.=])([^])\1\]/.exec(rest);
    if (collating) {
      this.at += 5;
      return (collating[2] as string).charCodeAt(0);
    }
    if (this.options.syntax === "awk" && rest.startsWith("\\") && rest.length > 1) {
      const node = this.awkEscape();
      if (node.kind === "set") {
        const [range] = node.set.ranges();
        if (range) return range[0];
      }
    }
    this.at += 1;
    if (rest === "") throw new RegexError("Unmatched [, [^, [:, [., or [=");
    return rest.charCodeAt(0);
  }
}
