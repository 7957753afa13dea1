/**
 * A backtracking matcher for what a linear one cannot do, back-references above all. It counts
 * its steps and gives up, so that no pattern holds the window.
 */
import { WORD } from "./byte-set.ts";
import type { Assertion, Node } from "./syntax.ts";

const MAX_STEPS = 500_000;
/** Each level costs a few frames of the host's stack. */
const MAX_DEPTH = 1500;

/** The search took too long: the answer is not known. */
export class TooComplexError extends Error {
  constructor() {
    super("Podwire: pattern too complex");
  }
}

type Continue = (at: number) => boolean;
type Matcher = (at: number, next: Continue) => boolean;

export class Backtracker {
  private subject = "";
  private spans: number[] = [];
  private steps = 0;
  private depth = 0;
  private readonly match: Matcher;
  private readonly exhaustive: boolean;

  constructor(
    root: Node,
    private readonly groupCount: number,
  ) {
    this.match = this.compile(root);
    // Greedy repetition finds the longest match first unless alternatives compete.
    this.exhaustive = hasChoice(root);
  }

  /** Start and end of the match and of every group (−1: took no part). TooComplexError. */
  exec(subject: string, from: number): readonly number[] | undefined {
    this.subject = subject;
    this.steps = 0;
    for (let start = from; start <= subject.length; start++) {
      this.spans = new Array<number>(2 * this.groupCount + 2).fill(-1);
      let best: number[] | undefined;
      this.depth = 0;
      this.match(start, (end) => {
        if (!best || end > (best[1] as number)) {
          best = [...this.spans];
          best[0] = start;
          best[1] = end;
        }
        return !this.exhaustive;
      });
      if (best) return best;
    }
    return undefined;
  }

  private compile(node: Node): Matcher {
    switch (node.kind) {
      case "set":
        return (at, next) => {
          this.step();
          return (
            at < this.subject.length && node.set.has(this.subject.charCodeAt(at)) && next(at + 1)
          );
        };
      case "assert":
        return (at, next) => this.holds(node.what, at) && next(at);
      case "sequence":
        return node.items
          .map((item) => this.compile(item))
          .reduceRight<Matcher>(
            (rest, item) => (at, next) => item(at, (middle) => rest(middle, next)),
            (at, next) => next(at),
          );
      case "choice": {
        const items = node.items.map((item) => this.compile(item));
        return (at, next) => items.some((item) => item(at, next));
      }
      case "group":
        return this.group(node.index, this.compile(node.body));
      case "reference":
        return (at, next) => {
          this.step();
          const from = this.spans[2 * node.index] as number;
          const to = this.spans[2 * node.index + 1] as number;
          if (from < 0 || to < 0) return false;
          const text = this.subject.slice(from, to);
          return this.subject.startsWith(text, at) && next(at + text.length);
        };
      case "repeat":
        return node.body.kind === "set"
          ? this.repeatSet(node.body.set, node.min, node.max)
          : this.repeat(this.compile(node.body), node.min, node.max);
    }
  }

  private group(index: number, body: Matcher): Matcher {
    return (at, next) => {
      const { spans } = this;
      const oldStart = spans[2 * index] as number;
      const oldEnd = spans[2 * index + 1] as number;
      const found = body(at, (end) => {
        const innerStart = spans[2 * index] as number;
        const innerEnd = spans[2 * index + 1] as number;
        spans[2 * index] = at;
        spans[2 * index + 1] = end;
        if (next(end)) return true;
        spans[2 * index] = innerStart;
        spans[2 * index + 1] = innerEnd;
        return false;
      });
      if (!found) {
        spans[2 * index] = oldStart;
        spans[2 * index + 1] = oldEnd;
      }
      return found;
    };
  }

  /** Single bytes need no frame each. */
  private repeatSet(set: { has(code: number): boolean }, min: number, max: number): Matcher {
    return (at, next) => {
      let end = at;
      while (end - at < max && end < this.subject.length && set.has(this.subject.charCodeAt(end))) {
        end += 1;
      }
      for (; end - at >= min; end--) {
        this.step();
        if (next(end)) return true;
      }
      return false;
    };
  }

  private repeat(body: Matcher, min: number, max: number): Matcher {
    const go = (at: number, count: number, next: Continue): boolean => {
      this.step();
      if (++this.depth > MAX_DEPTH) throw new TooComplexError();
      const more =
        count < max && body(at, (end) => (end > at || count < min) && go(end, count + 1, next));
      this.depth -= 1;
      return more || (count >= min && next(at));
    };
    return (at, next) => go(at, 0, next);
  }

  private holds(what: Assertion, at: number): boolean {
    const { subject } = this;
    const before = at > 0 && WORD.has(subject.charCodeAt(at - 1));
    const after = at < subject.length && WORD.has(subject.charCodeAt(at));
    switch (what) {
      case "text-start":
        return at === 0;
      case "text-end":
        return at === subject.length;
      case "line-start":
        return at === 0 || subject[at - 1] === "\n";
      case "line-end":
        return at === subject.length || subject[at] === "\n";
      case "word-edge":
        return before !== after;
      case "not-word-edge":
        return before === after;
      case "word-start":
        return !before && after;
      case "word-end":
        return before && !after;
    }
  }

  private step(): void {
    if (++this.steps > MAX_STEPS) throw new TooComplexError();
  }
}

function hasChoice(node: Node): boolean {
  switch (node.kind) {
    case "choice":
      return true;
    case "sequence":
      return node.items.some(hasChoice);
    case "group":
    case "repeat":
      return hasChoice(node.body);
    default:
      return false;
  }
}
