/** Reads find's command line. Error texts are GNU find's. */
import { quoteText } from "../support/quote.ts";
import type { Tool } from "../support/tool.ts";
import { makeAction } from "./actions.ts";
import type { Expression, Primary } from "./expression.ts";
import { makeTest } from "./tests.ts";
import type { WalkState } from "./walk-state.ts";

export interface FindContext {
  readonly tool: Tool;
  readonly state: WalkState;
  /** -L: links stand for what they point to. */
  readonly follow: boolean;
}

/** How many words follow a primary; −1: up to `;` or `+`. */
const ARITY: Record<string, number> = {
  "-name": 1,
  "-iname": 1,
  "-path": 1,
  "-wholename": 1,
  "-ipath": 1,
  "-iwholename": 1,
  "-regex": 1,
  "-iregex": 1,
  "-type": 1,
  "-xtype": 1,
  "-size": 1,
  "-empty": 0,
  "-mtime": 1,
  "-mmin": 1,
  "-newer": 1,
  "-newermt": 1,
  "-perm": 1,
  "-user": 1,
  "-group": 1,
  "-uid": 1,
  "-gid": 1,
  "-nouser": 0,
  "-nogroup": 0,
  "-links": 1,
  "-inum": 1,
  "-samefile": 1,
  "-lname": 1,
  "-ilname": 1,
  "-readable": 0,
  "-writable": 0,
  "-executable": 0,
  "-true": 0,
  "-false": 0,
  "-print": 0,
  "-print0": 0,
  "-printf": 1,
  "-fprint": 1,
  "-ls": 0,
  "-prune": 0,
  "-quit": 0,
  "-delete": 0,
  "-exec": -1,
  "-ok": -1,
  "-execdir": -1,
  "-maxdepth": 1,
  "-mindepth": 1,
  "-depth": 0,
  "-d": 0,
  "-daystart": 0,
  "-mount": 0,
  "-xdev": 0,
  "-follow": 0,
  "-noleaf": 0,
  "-nowarn": 0,
  "-warn": 0,
  "-ignore_readdir_race": 0,
};

const ACTIONS = new Set([
  "-print",
  "-print0",
  "-printf",
  "-fprint",
  "-ls",
  "-prune",
  "-quit",
  "-delete",
  "-exec",
  "-ok",
  "-execdir",
]);
/** These make the implied -print go away. */
const PRINTING = new Set([
  "-print",
  "-print0",
  "-printf",
  "-fprint",
  "-ls",
  "-delete",
  "-exec",
  "-ok",
  "-execdir",
  "-quit",
]);
const UNMODELLED = new Set([
  "-amin",
  "-anewer",
  "-atime",
  "-cmin",
  "-cnewer",
  "-ctime",
  "-context",
  "-fstype",
  "-used",
  "-files0-from",
  "-fls",
  "-fprint0",
  "-fprintf",
  "-okdir",
  "-regextype",
  "-newerXY",
]);

/** The first word that is no starting point. */
export function expressionStart(words: readonly string[]): number {
  const at = words.findIndex((word) => /^(-.|[(),!])/.test(word) && word !== "--");
  return at < 0 ? words.length : at;
}

export function parseExpression(words: readonly string[], context: FindContext): Expression {
  return new Parser(words, context).parse();
}

class Parser {
  private at = 0;
  private last = "";
  private minDepth = 0;
  private maxDepth = Infinity;
  private depthFirst = false;
  private dayStart = false;
  private prints = false;
  private readonly finishers: Primary[] = [];

  constructor(
    private readonly words: readonly string[],
    private readonly context: FindContext,
  ) {}

  private fail(text: string) {
    return this.context.tool.fail(text);
  }

  parse(): Expression {
    let root = this.words.length === 0 ? constant(true) : this.list();
    const left = this.words[this.at];
    if (left === ")") throw this.fail("you have too many ')'");
    if (left !== undefined) throw this.fail(`paths must precede expression: \`${left}'`);
    if (!this.prints) root = and(root, makeAction("-print", [], this.context) as Primary);
    const { finishers, minDepth, maxDepth, depthFirst } = this;
    return { root, finishers, minDepth, maxDepth, depthFirst };
  }

  private list(): Primary {
    let left = this.or();
    while (this.words[this.at] === ",") {
      this.at += 1;
      const first = left;
      const second = this.or();
      left = {
        *test(visit) {
          yield* first.test(visit);
          return yield* second.test(visit);
        },
      };
    }
    return left;
  }

  private or(): Primary {
    let left = this.and();
    while (this.words[this.at] === "-o" || this.words[this.at] === "-or") {
      const operator = this.words[this.at++] as string;
      this.requireOperand(operator);
      const first = left;
      const second = this.and();
      left = {
        *test(visit) {
          return (yield* first.test(visit)) || (yield* second.test(visit));
        },
      };
    }
    return left;
  }

  private requireOperand(operator: string): void {
    const next = this.words[this.at];
    if (next === undefined || next === ")") {
      throw this.fail(`expected an expression after '${operator}'`);
    }
  }

  private and(): Primary {
    let left = this.unary();
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || [")", ",", "-o", "-or"].includes(word)) return left;
      if (word === "-a" || word === "-and") {
        this.at += 1;
        this.requireOperand(word);
      }
      left = and(left, this.unary());
    }
  }

  private unary(): Primary {
    const word = this.words[this.at] as string;
    this.at += 1;
    if (word === "!" || word === "-not") {
      if (this.words[this.at] === undefined)
        throw this.fail(`expected an expression after '${word}'`);
      const inner = this.unary();
      return {
        *test(visit) {
          return !(yield* inner.test(visit));
        },
      };
    }
    if (word === "(") {
      if (this.words[this.at] === ")") {
        throw this.fail("invalid expression; empty parentheses are not allowed.");
      }
      if (this.words[this.at] === undefined) {
        throw this.fail(
          "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
        );
      }
      const inner = this.list();
      if (this.words[this.at] !== ")") {
        throw this.fail(
          "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
        );
      }
      this.at += 1;
      return inner;
    }
    if (["-o", "-or", "-a", "-and", ","].includes(word)) {
      throw this.fail(
        `invalid expression; you have used a binary operator '${word}' with nothing before it.`,
      );
    }
    if (word === ")") throw this.fail("you have too many ')'");
    return this.primary(word);
  }

  private primary(word: string): Primary {
    if (!word.startsWith("-")) {
      const hint =
        this.last === "-name" || this.last === "-iname" || this.last === "-path"
          ? `\n${this.context.tool.name}: possible unquoted pattern after predicate \`${this.last}'?`
          : "";
      throw this.fail(`paths must precede expression: \`${word}'${hint}`);
    }
    if (
      UNMODELLED.has(word) ||
      /^-newer[aBcm][aBcmt]$/.test(word) !== (word === "-newermt" || word === "-newermm")
    ) {
      if (word !== "-newermm") throw this.context.tool.refuse(`the predicate '${word}'`);
    }
    const arity = ARITY[word];
    if (arity === undefined) throw this.fail(`unknown predicate \`${word}'`);
    this.last = word;
    const args = arity < 0 ? this.commandWords(word) : this.take(word, arity);
    return this.option(word, args) ?? this.made(word, args);
  }

  private made(word: string, args: readonly string[]): Primary {
    if (!ACTIONS.has(word)) return makeTest(word, args, this.context, this.dayStart);
    if (PRINTING.has(word)) this.prints = this.prints || word !== "-quit";
    const action = makeAction(word, args, this.context);
    if (action.finish) this.finishers.push(action);
    if (word === "-delete") this.depthFirst = true;
    return action;
  }

  private take(word: string, count: number): readonly string[] {
    const args = this.words.slice(this.at, this.at + count);
    if (args.length < count) throw this.fail(`missing argument to \`${word}'`);
    this.at += count;
    return args;
  }

  /** Up to `;`, or to a `+` after `{}`; the terminator is the last word. */
  private commandWords(word: string): readonly string[] {
    for (let end = this.at; end < this.words.length; end++) {
      const plus =
        this.words[end] === "+" && this.words[end - 1] === "{}" && end > this.at && word !== "-ok";
      if (this.words[end] !== ";" && !plus) continue;
      const args = this.words.slice(this.at, end + 1);
      this.at = end + 1;
      if (args.length < 2) throw this.fail(`invalid argument \`${args[0]}' to \`${word}'`);
      return args;
    }
    throw this.fail(`missing argument to \`${word}'`);
  }

  /** Options are true wherever they stand, and hold for the whole. */
  private option(word: string, args: readonly string[]): Primary | undefined {
    switch (word) {
      case "-maxdepth":
      case "-mindepth": {
        const text = args[0] as string;
        if (!/^\d+$/.test(text)) {
          throw this.fail(
            `Expected a positive decimal integer argument to ${word}, but got ${quoteText(text)}`,
          );
        }
        if (word === "-maxdepth") this.maxDepth = Number(text);
        else this.minDepth = Number(text);
        return constant(true);
      }
      case "-depth":
      case "-d":
        this.depthFirst = true;
        return constant(true);
      case "-daystart":
        this.dayStart = true;
        return constant(true);
      case "-mount":
      case "-xdev":
        throw this.context.tool.refuse(`the predicate '${word}'`);
      case "-follow":
        throw this.context.tool.refuse("the predicate '-follow' (use -L)");
      case "-noleaf":
      case "-nowarn":
      case "-warn":
      case "-ignore_readdir_race":
        return constant(true);
      default:
        return undefined;
    }
  }
}

function constant(value: boolean): Primary {
  return {
    *test() {
      return value;
    },
  };
}

function and(left: Primary, right: Primary): Primary {
  return {
    *test(visit) {
      return (yield* left.test(visit)) && (yield* right.test(visit));
    },
  };
}
