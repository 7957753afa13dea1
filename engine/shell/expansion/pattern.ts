/**
 * Shell patterns: `*`, `?`, `[…]` and the extended `?(…) *(…) +(…) @(…) !(…)`.
 *
 * A pattern is text in which a backslash makes the next character literal. Matching carries the
 * set of positions reached so far, so it takes polynomial time whatever the pattern.
 */

type Node =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "class"; readonly test: (char: string) => boolean }
  | { readonly kind: "group"; readonly operator: string; readonly branches: readonly Node[][] };

export interface PatternOptions {
  readonly extglob?: boolean;
  readonly ignoreCase?: boolean;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[\p{L}\p{N}]/u,
  alpha: /\p{L}/u,
  ascii: /[\0-\x7f]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[^\s\0-\x1f\x7f]/,
  lower: /\p{Ll}/u,
  print: /[^\0-\x1f\x7f]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /\p{Lu}/u,
  word: /\w/,
  xdigit: /[0-9A-Fa-f]/,
};

export class Pattern {
  private readonly nodes: readonly Node[];
  private readonly ignoreCase: boolean;
  /** Set when the pattern has no special character. */
  readonly literal: string | undefined;

  constructor(source: string, options: PatternOptions = {}) {
    this.ignoreCase = options.ignoreCase ?? false;
    this.nodes = new PatternParser(source, options.extglob ?? true).parse();
    const plain = this.nodes.every((node) => node.kind === "char");
    this.literal =
      plain && !this.ignoreCase
        ? this.nodes.map((node) => (node as { char: string }).char).join("")
        : undefined;
  }

  matches(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    return this.ends(text, 0).has(text.length);
  }

  /** Where a match that starts at `from` can end. */
  ends(text: string, from: number): ReadonlySet<number> {
    if (this.literal !== undefined) {
      return new Set(text.startsWith(this.literal, from) ? [from + this.literal.length] : []);
    }
    return this.sequence(this.nodes, text, new Set([from]));
  }

  private sequence(
    nodes: readonly Node[],
    text: string,
    starts: ReadonlySet<number>,
  ): ReadonlySet<number> {
    let positions = starts;
    for (const node of nodes) {
      if (positions.size === 0) return positions;
      positions = this.step(node, text, positions);
    }
    return positions;
  }

  private step(node: Node, text: string, starts: ReadonlySet<number>): Set<number> {
    const ends = new Set<number>();
    switch (node.kind) {
      case "star": {
        for (let at = Math.min(...starts); at <= text.length; at++) ends.add(at);
        return ends;
      }
      case "group":
        return this.group(node, text, starts);
      default:
        for (const start of starts) {
          const char = characterAt(text, start);
          if (char !== "" && this.accepts(node, char)) ends.add(start + char.length);
        }
        return ends;
    }
  }

  private accepts(node: Node, char: string): boolean {
    switch (node.kind) {
      case "any":
        return true;
      case "char":
        return this.ignoreCase
          ? node.char.toLowerCase() === char.toLowerCase()
          : node.char === char;
      case "class":
        return (
          node.test(char) ||
          (this.ignoreCase && (node.test(char.toLowerCase()) || node.test(char.toUpperCase())))
        );
      default:
        return false;
    }
  }

  private group(
    node: Node & { kind: "group" },
    text: string,
    starts: ReadonlySet<number>,
  ): Set<number> {
    const once = (from: ReadonlySet<number>): Set<number> => {
      const ends = new Set<number>();
      for (const branch of node.branches) {
        for (const end of this.sequence(branch, text, from)) ends.add(end);
      }
      return ends;
    };
    if (node.operator === "@") return once(starts);
    if (node.operator === "?") return new Set([...starts, ...once(starts)]);
    if (node.operator === "!") {
      const ends = new Set<number>();
      for (const start of starts) {
        const refused = once(new Set([start]));
        for (let at = start; at <= text.length; at++) if (!refused.has(at)) ends.add(at);
      }
      return ends;
    }
    const reached = node.operator === "*" ? new Set(starts) : once(starts);
    let frontier: ReadonlySet<number> = new Set(reached);
    while (frontier.size > 0) {
      const fresh = new Set<number>();
      for (const end of once(frontier)) {
        if (!reached.has(end)) {
          reached.add(end);
          fresh.add(end);
        }
      }
      frontier = fresh;
    }
    return reached;
  }
}

const MAX_NESTING = 100;

class PatternParser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly extglob: boolean,
  ) {}

  parse(): Node[] {
    return this.sequence(() => this.at >= this.source.length);
  }

  private sequence(ended: () => boolean): Node[] {
    const nodes: Node[] = [];
    while (this.at < this.source.length && !ended()) nodes.push(this.next());
    return nodes;
  }

  private next(): Node {
    const char = characterAt(this.source, this.at);
    if (this.extglob && "?*+@!".includes(char) && this.source[this.at + 1] === "(") {
      const group = this.group(char);
      if (group) return group;
    }
    this.at += char.length;
    switch (char) {
      case "\\": {
        const escaped = characterAt(this.source, this.at) || "\\";
        this.at += escaped.length;
        return { kind: "char", char: escaped };
      }
      case "?":
        return { kind: "any" };
      case "*":
        return { kind: "star" };
      case "[":
        return this.bracket() ?? { kind: "char", char: "[" };
      default:
        return { kind: "char", char };
    }
  }

  private group(operator: string): Node | undefined {
    const start = this.at;
    if (this.depth >= MAX_NESTING) return undefined;
    this.depth += 1;
    this.at += 2;
    const branches: Node[][] = [];
    try {
      for (;;) {
        branches.push(this.sequence(() => "|)".includes(this.source[this.at] as string)));
        const stop = this.source[this.at];
        this.at += 1;
        if (stop === ")") return { kind: "group", operator, branches };
        if (stop === undefined) break;
      }
    } finally {
      this.depth -= 1;
    }
    this.at = start;
    return undefined;
  }

  /** After `[`. Undefined, and nothing consumed, when there is no closing bracket. */
  private bracket(): Node | undefined {
    const start = this.at;
    const tests: ((char: string) => boolean)[] = [];
    let negated = false;
    if (this.source[this.at] === "!" || this.source[this.at] === "^") {
      negated = true;
      this.at += 1;
    }
    for (let first = true; ; first = false) {
      const char = characterAt(this.source, this.at);
      if (char === "") break;
      if (char === "]" && !first) {
        this.at += 1;
        const test = (tested: string): boolean => tests.some((each) => each(tested)) !== negated;
        return { kind: "class", test };
      }
      const named = /^\[:(\w+):\]/.exec(this.source.slice(this.at, this.at + 12));
      const known = named && CLASSES[named[1] as string];
      if (named && known) {
        this.at += named[0].length;
        tests.push((tested) => known.test(tested));
        continue;
      }
      const low = this.bracketCharacter();
      const dash = this.source[this.at] === "-" && this.source[this.at + 1] !== "]";
      if (dash && this.at + 1 < this.source.length) {
        this.at += 1;
        const high = this.bracketCharacter();
        tests.push((tested) => codeOf(tested) >= codeOf(low) && codeOf(tested) <= codeOf(high));
      } else tests.push((tested) => tested === low);
    }
    this.at = start;
    return undefined;
  }

  private bracketCharacter(): string {
    const collating = /^\[([.=])(.)\1\]/u.exec(this.source.slice(this.at, this.at + 7));
    if (collating) {
      this.at += collating[0].length;
      return collating[2] as string;
    }
    if (this.source[this.at] === "\\" && this.at + 1 < this.source.length) this.at += 1;
    const char = characterAt(this.source, this.at);
    this.at += char.length;
    return char;
  }
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

/** Whether unescaped text would be matched as a pattern rather than compared. */
export function hasGlobCharacters(pattern: string, extglob: boolean): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === "\\") at += 1;
    else if (char === "*" || char === "?") return true;
    else if (char === "[" && pattern.indexOf("]", at + 1) > 0) return true;
    else if (extglob && "+@!".includes(char) && pattern[at + 1] === "(") return true;
  }
  return false;
}

/** Text as a pattern that matches only itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]!@+()|^-]/g, "\\$&");
}

/** A pattern's text with its backslashes taken away. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, "$1");
}
