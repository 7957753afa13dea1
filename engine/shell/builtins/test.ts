/** test and [ */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { compareFiles, INTEGER_COMPARISONS, UNARY_TESTS, unaryTest } from "../file-tests.ts";
import type { Shell } from "../shell.ts";
import { fail, type Builtin, type BuiltinCall } from "./builtin.ts";

const test: Builtin = {
  name: "test",
  posix: true,
  synopsis: "[expr]",
  summary: "Evaluate conditional expression.",
  run: (call) => evaluate(call, call.args),
};

const bracket: Builtin = {
  name: "[",
  posix: true,
  synopsis: "arg... ]",
  summary: "Evaluate conditional expression.",
  *run(call) {
    if (call.args.at(-1) !== "]") {
      return yield* fail(call, call.shell.isBash ? "missing `]'" : "missing ]", 2);
    }
    return yield* evaluate(call, call.args.slice(0, -1));
  },
};

export const testBuiltins: readonly Builtin[] = [test, bracket];

class TestError extends Error {}

function* evaluate(call: BuiltinCall, args: readonly string[]): Blocking<number> {
  try {
    return new Evaluator(call.shell, args).run() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    return yield* fail(call, error.message, 2);
  }
}

const BINARY = new Set([
  ...["=", "==", "!=", "<", ">", "-nt", "-ot", "-ef"],
  ...Object.keys(INTEGER_COMPARISONS),
]);

/** POSIX decides by the number of arguments up to four; beyond, by precedence. */
class Evaluator {
  private at = 0;

  constructor(
    private readonly shell: Shell,
    private readonly args: readonly string[],
  ) {}

  run(): boolean {
    const { args } = this;
    if (args.length <= 4) return this.posix(args);
    const value = this.or();
    if (this.at < args.length) throw this.tooMany(args[this.at] as string);
    return value;
  }

  private tooMany(next: string): TestError {
    return new TestError(this.shell.isBash ? "too many arguments" : `${next}: unexpected operator`);
  }

  private isUnary(word: string | undefined): boolean {
    return word?.length === 2 && word.startsWith("-") && UNARY_TESTS.includes(word[1] as string);
  }

  private isBinary(word: string | undefined): boolean {
    if (word === "==" && !this.shell.isBash) return false;
    return word !== undefined && BINARY.has(word);
  }

  private posix(args: readonly string[]): boolean {
    const [a = "", b = "", c = "", d = ""] = args;
    switch (args.length) {
      case 0:
        return false;
      case 1:
        return a !== "";
      case 2:
        if (a === "!") return b === "";
        if (this.isUnary(a)) return this.unary(a, b);
        throw new TestError(
          this.shell.isBash ? `${a}: unary operator expected` : `${a}: unexpected operator`,
        );
      case 3:
        if (this.isBinary(b)) return this.binary(a, b, c);
        if (b === "-a") return a !== "" && c !== "";
        if (b === "-o") return a !== "" || c !== "";
        if (a === "!") return !this.posix([b, c]);
        if (a === "(" && c === ")") return b !== "";
        throw new TestError(
          this.shell.isBash ? `${b}: binary operator expected` : `${a}: unexpected operator`,
        );
      default:
        if (a === "!") return !this.posix([b, c, d]);
        if (a === "(" && d === ")") return this.posix([b, c]);
        return this.general();
    }
  }

  private general(): boolean {
    this.at = 0;
    const value = this.or();
    if (this.at < this.args.length) throw this.tooMany(this.args[this.at] as string);
    return value;
  }

  private or(): boolean {
    let value = this.and();
    while (this.args[this.at] === "-o") {
      this.at += 1;
      value = this.and() || value;
    }
    return value;
  }

  private and(): boolean {
    let value = this.term();
    while (this.args[this.at] === "-a") {
      this.at += 1;
      value = this.term() && value;
    }
    return value;
  }

  private term(): boolean {
    const word = this.args[this.at];
    if (word === undefined) throw new TestError("argument expected");
    if (word === "!") {
      this.at += 1;
      return !this.term();
    }
    const next = this.args[this.at + 1];
    if (this.isBinary(next) && this.args[this.at + 2] !== undefined) {
      this.at += 3;
      return this.binary(word, next as string, this.args[this.at - 1] as string);
    }
    if (word === "(") {
      this.at += 1;
      const value = this.or();
      if (this.args[this.at] !== ")") throw new TestError("`)' expected");
      this.at += 1;
      return value;
    }
    if (this.isUnary(word) && next !== undefined) {
      this.at += 2;
      return this.unary(word, next);
    }
    this.at += 1;
    return word !== "";
  }

  private unary(operator: string, operand: string): boolean {
    const letter = operator[1] as string;
    if (letter === "t" && !/^\s*-?\d+\s*$/.test(operand)) throw this.notInteger(operand);
    return unaryTest(this.shell, letter, operand);
  }

  private binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case "=":
      case "==":
        return left === right;
      case "!=":
        return left !== right;
      case "<":
        return left < right;
      case ">":
        return left > right;
    }
    const compare = INTEGER_COMPARISONS[operator];
    if (compare) return compare(this.integer(left), this.integer(right));
    return compareFiles(this.shell, left, operator, right) ?? false;
  }

  private integer(text: string): bigint {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) throw this.notInteger(text);
    return BigInt(text.trim().replace(/^\+/, ""));
  }

  private notInteger(text: string): TestError {
    return new TestError(
      this.shell.isBash ? `${text}: integer expression expected` : `Illegal number: ${text}`,
    );
  }
}
