/**
 * Regular expressions of grep, sed, awk, find and the shell: POSIX syntax, leftmost-longest
 * matches, byte strings. No pattern takes more than linear time, but for those with
 * back-references, which end with "pattern too complex" beyond a budget of steps.
 */
import { RE2JS } from "re2js";
import { Backtracker } from "./regex/backtrack.ts";
import { parseRegex } from "./regex/parse.ts";
import { toRe2 } from "./regex/re2.ts";
import { RegexError, type Node, type RegexSyntax } from "./regex/syntax.ts";

export { TooComplexError } from "./regex/backtrack.ts";
export { RegexError, type RegexSyntax } from "./regex/syntax.ts";

export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of group 0 (the whole) and up; undefined: took no part. */
  group(index: number): string | undefined;
  /** Where a group begins and ends; −1: took no part. */
  span(index: number): readonly [start: number, end: number];
}

export interface Regex {
  readonly groupCount: number;
  test(subject: string): boolean;
  /** The leftmost-longest match that begins at `from` or later; what is before it is context. */
  exec(subject: string, from?: number): Match | undefined;
}

/** Throws RegexError with glibc's words. */
export function compileRegex(pattern: string, options: RegexSyntax): Regex {
  const parsed = parseRegex(pattern, options);
  const literal = literalOf(parsed.root);
  if (literal !== undefined) return new LiteralRegex(literal);
  const written = toRe2(parsed.root);
  if (written === undefined) return new BacktrackingRegex(parsed.root, parsed.groupCount);
  return linearRegex(written, RE2JS.LONGEST_MATCH);
}

/** A pattern in RE2's own syntax, as `grep -P` takes it. */
export function linearRegex(pattern: string, flags = 0): Regex {
  try {
    return new LinearRegex(RE2JS.compile(pattern, flags));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new RegexError(/repe/i.test(text) ? "Regular expression too big" : text);
  }
}

class SpanMatch implements Match {
  constructor(
    private readonly subject: string,
    private readonly spans: readonly number[],
  ) {}

  get start(): number {
    return this.spans[0] as number;
  }

  get end(): number {
    return this.spans[1] as number;
  }

  span(index: number): readonly [number, number] {
    return [this.spans[2 * index] ?? -1, this.spans[2 * index + 1] ?? -1];
  }

  group(index: number): string | undefined {
    const [start, end] = this.span(index);
    return start < 0 ? undefined : this.subject.slice(start, end);
  }
}

class LinearRegex implements Regex {
  readonly groupCount: number;

  constructor(private readonly compiled: RE2JS) {
    this.groupCount = compiled.groupCount();
  }

  test(subject: string): boolean {
    return this.compiled.test(subject);
  }

  exec(subject: string, from = 0): Match | undefined {
    const matcher = this.compiled.matcher(subject);
    if (!matcher.find(from)) return undefined;
    const spans: number[] = [];
    for (let index = 0; index <= this.groupCount; index++) {
      spans.push(matcher.start(index), matcher.end(index));
    }
    return new SpanMatch(subject, spans);
  }
}

class LiteralRegex implements Regex {
  readonly groupCount = 0;

  constructor(private readonly text: string) {}

  test(subject: string): boolean {
    return subject.includes(this.text);
  }

  exec(subject: string, from = 0): Match | undefined {
    const start = subject.indexOf(this.text, from);
    return start < 0 ? undefined : new SpanMatch(subject, [start, start + this.text.length]);
  }
}

class BacktrackingRegex implements Regex {
  private readonly matcher: Backtracker;

  constructor(
    root: Node,
    readonly groupCount: number,
  ) {
    this.matcher = new Backtracker(root, groupCount);
  }

  test(subject: string): boolean {
    return this.matcher.exec(subject, 0) !== undefined;
  }

  exec(subject: string, from = 0): Match | undefined {
    const spans = this.matcher.exec(subject, from);
    return spans && new SpanMatch(subject, spans);
  }
}

/** The text that is all the expression says, if it says no more. */
function literalOf(root: Node): string | undefined {
  const items = root.kind === "sequence" ? root.items : [root];
  let text = "";
  for (const item of items) {
    const code = item.kind === "set" ? item.set.single() : undefined;
    if (code === undefined) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}
