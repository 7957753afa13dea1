/** The expressions of test(1): POSIX decides by the number of words, then precedence. */
import type { Stat, Sys } from "../../kernel/process/sys.ts";
import { isErrno } from "./command.ts";
import { isSameFile } from "./copying.ts";
import { quoteText } from "./quote.ts";

export class TestError extends Error {}

const KIND_TESTS: Record<string, Stat["kind"]> = {
  "-f": "file",
  "-d": "directory",
  "-p": "fifo",
  "-S": "socket",
  "-c": "char",
};
const UNARY = "bcdefgGhkLNnOprsStuwxz";
const BINARY = [
  "=",
  "==",
  "!=",
  "<",
  ">",
  "-eq",
  "-ne",
  "-lt",
  "-le",
  "-gt",
  "-ge",
  "-nt",
  "-ot",
  "-ef",
];

export function evaluateTest(sys: Sys, words: readonly string[]): boolean {
  return new Evaluator(sys, words).all();
}

class Evaluator {
  private at = 0;

  constructor(
    private readonly sys: Sys,
    private readonly words: readonly string[],
  ) {}

  all(): boolean {
    const count = this.words.length;
    if (count === 0) return false;
    const result = this.byCount(this.words) ?? this.whole();
    return result;
  }

  private whole(): boolean {
    const result = this.or();
    const extra = this.words[this.at];
    if (extra !== undefined) throw new TestError(`extra argument ${quoteText(extra)}`);
    return result;
  }

  /** Up to four words mean what POSIX says; undefined: precedence decides. */
  private byCount(words: readonly string[]): boolean | undefined {
    const [a = "", b = "", c = "", d = ""] = words;
    switch (words.length) {
      case 1:
        return a !== "";
      case 2:
        if (a === "!") return b === "";
        if (isUnary(a)) return this.unary(a, b);
        if (/^-.$/.test(a)) throw new TestError(`${quoteText(a)}: unary operator expected`);
        throw new TestError(`missing argument after ${quoteText(b)}`);
      case 3:
        if (BINARY.includes(b)) return this.binary(a, b, c);
        if (b === "-a") return a !== "" && c !== "";
        if (b === "-o") return a !== "" || c !== "";
        if (a === "!") return !this.byCount([b, c]);
        if (a === "(" && c === ")") return b !== "";
        throw new TestError(`${quoteText(b)}: binary operator expected`);
      case 4:
        if (a === "!") return !this.byCount([b, c, d]);
        if (a === "(" && d === ")") return this.byCount([b, c]);
        return undefined;
      default:
        return undefined;
    }
  }

  private or(): boolean {
    let left = this.and();
    while (this.words[this.at] === "-o") {
      this.at += 1;
      const right = this.and();
      left ||= right;
    }
    return left;
  }

  private and(): boolean {
    let left = this.term();
    while (this.words[this.at] === "-a") {
      this.at += 1;
      const right = this.term();
      left &&= right;
    }
    return left;
  }

  private term(): boolean {
    const word = this.words[this.at];
    if (word === undefined)
      throw new TestError(`missing argument after ${quoteText(this.words.at(-1) ?? "")}`);
    if (word === "!") {
      this.at += 1;
      return !this.term();
    }
    if (word === "(") {
      this.at += 1;
      const inner = this.or();
      if (this.words[this.at] !== ")") {
        const found = this.words[this.at];
        throw new TestError(
          found === undefined ? "')' expected" : `')' expected, found ${quoteText(found)}`,
        );
      }
      this.at += 1;
      return inner;
    }
    const operator = this.words[this.at + 1];
    const third = this.words[this.at + 2];
    if (operator !== undefined && third !== undefined && BINARY.includes(operator)) {
      this.at += 3;
      return this.binary(word, operator, third);
    }
    if (isUnary(word) && operator !== undefined) {
      this.at += 2;
      return this.unary(word, operator);
    }
    this.at += 1;
    return word !== "";
  }

  private stat(path: string, followLinks = true): Stat | undefined {
    try {
      return this.sys.stat(path, { followLinks });
    } catch (error) {
      if (isErrno(error)) return undefined;
      throw error;
    }
  }

  private unary(operator: string, operand: string): boolean {
    const kind = KIND_TESTS[operator];
    if (kind) return this.stat(operand)?.kind === kind;
    const mode = (bit: number) => ((this.stat(operand)?.mode ?? 0) & bit) !== 0;
    switch (operator) {
      case "-n":
        return operand !== "";
      case "-z":
        return operand === "";
      case "-e":
        return this.stat(operand) !== undefined;
      case "-h":
      case "-L":
        return this.stat(operand, false)?.kind === "symlink";
      case "-s":
        return (this.stat(operand)?.sizeBytes ?? 0) > 0;
      case "-r":
        return this.sys.access(operand, { read: true });
      case "-w":
        return this.sys.access(operand, { write: true });
      case "-x":
        return this.sys.access(operand, { execute: true });
      case "-u":
        return mode(0o4000);
      case "-g":
        return mode(0o2000);
      case "-k":
        return mode(0o1000);
      case "-O":
        return this.stat(operand)?.uid === this.sys.uid;
      case "-G":
        return this.stat(operand)?.gid === this.sys.gid;
      case "-t":
        return this.sys.isatty(Number(integer(operand)));
      default:
        // There are no block devices, and read times are not kept.
        return false;
    }
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
      case "-nt":
        return (
          (this.stat(left)?.modifiedSeconds ?? -Infinity) >
          (this.stat(right)?.modifiedSeconds ?? -Infinity)
        );
      case "-ot":
        return (
          (this.stat(left)?.modifiedSeconds ?? -Infinity) <
          (this.stat(right)?.modifiedSeconds ?? -Infinity)
        );
      case "-ef": {
        const [first, second] = [this.stat(left), this.stat(right)];
        return first !== undefined && second !== undefined && isSameFile(first, second);
      }
    }
    const a = integer(left);
    const b = integer(right);
    switch (operator) {
      case "-eq":
        return a === b;
      case "-ne":
        return a !== b;
      case "-lt":
        return a < b;
      case "-le":
        return a <= b;
      case "-gt":
        return a > b;
      default:
        return a >= b;
    }
  }
}

function isUnary(word: string): boolean {
  return word.length === 2 && word[0] === "-" && UNARY.includes(word[1] as string);
}

function integer(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d+$/.test(trimmed)) throw new TestError(`invalid integer ${quoteText(text)}`);
  return BigInt(trimmed.replace(/^\+/, ""));
}
