import type { Program } from "../../kernel/process/program.ts";
import { byteString } from "../support/bytes.ts";
import { quoteText } from "../support/quote.ts";
import { compileRegex, RegexError } from "../support/regex.ts";
import { runTool, Tool, ToolExit, tryHelp, versionText } from "../support/tool.ts";

type Value = string | bigint;

/** Weakest first. */
const LEVELS = [
  ["|"],
  ["&"],
  ["<", "<=", "=", "==", "!=", ">=", ">"],
  ["+", "-"],
  ["*", "/", "%"],
  [":"],
];

export const expr: Program = {
  name: "expr",
  package: "coreutils",
  docs: {
    summary: "evaluate expressions",
    synopsis: "expr EXPRESSION",
    options: [
      ["A | B, A & B", "logic"],
      ["A < B, A <= B, A = B, A != B, A >= B, A > B", "comparison, of numbers or of strings"],
      ["A + B, A - B, A * B, A / B, A % B", "arithmetic"],
      ["STRING : REGEXP, match STRING REGEXP", "anchored pattern match"],
      ["substr STRING POS LENGTH, index STRING CHARS, length STRING", "strings"],
      ["+ TOKEN, ( EXPRESSION )", "a token as a string; grouping"],
    ],
    examples: ["expr 1 + 2", "expr length abc"],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "expr", { usageStatus: 2 }), function* (tool) {
      const words = argv.slice(argv[1] === "--" ? 2 : 1);
      if (words.length === 0)
        throw new ToolExit(2, `${tool.name}: missing operand\n${tryHelp(tool.name)}`);
      if (words.length === 1 && words[0] === "--version") {
        yield* tool.print(`${versionText("coreutils", "expr")}\n`);
        return 0;
      }
      if (words.length === 1 && words[0] === "--help") {
        yield* tool.print(
          `Usage: ${tool.name} EXPRESSION\n  or:  ${tool.name} OPTION\n\nPrint the value of EXPRESSION to standard output.\n`,
        );
        return 0;
      }
      const value = new Evaluator(tool, words.map(byteString)).evaluate();
      yield* tool.out.write(`${value}\n`);
      return isNull(value) ? 1 : 0;
    });
  },
};

function isNull(value: Value): boolean {
  return value === "" || value === 0n || (typeof value === "string" && /^-?0+$/.test(value));
}

function integer(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  return /^-?\d+$/.test(value) ? BigInt(value) : undefined;
}

class Evaluator {
  private at = 0;

  constructor(
    private readonly tool: Tool,
    private readonly words: readonly string[],
  ) {}

  private error(text: string): ToolExit {
    return this.tool.fail(text, 2);
  }

  evaluate(): Value {
    const value = this.level(0);
    const extra = this.words[this.at];
    if (extra !== undefined)
      throw this.error(`syntax error: unexpected argument ${quoteText(extra)}`);
    return value;
  }

  private level(depth: number): Value {
    const operators = LEVELS[depth];
    if (!operators) return this.unary();
    let left = this.level(depth + 1);
    for (;;) {
      const operator = this.words[this.at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.at += 1;
      left = this.apply(operator, left, this.level(depth + 1));
    }
  }

  private apply(operator: string, a: Value, b: Value): Value {
    switch (operator) {
      case "|":
        return isNull(a) ? (isNull(b) ? 0n : b) : a;
      case "&":
        return isNull(a) || isNull(b) ? 0n : a;
      case ":":
        return this.match(String(a), String(b));
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return this.arithmetic(operator, a, b);
    }
    const x = integer(a);
    const y = integer(b);
    const order =
      x !== undefined && y !== undefined
        ? x < y
          ? -1
          : x > y
            ? 1
            : 0
        : String(a) < String(b)
          ? -1
          : String(a) > String(b)
            ? 1
            : 0;
    const holds = {
      "<": order < 0,
      "<=": order <= 0,
      "=": order === 0,
      "==": order === 0,
      "!=": order !== 0,
      ">=": order >= 0,
      ">": order > 0,
    }[operator];
    return holds ? 1n : 0n;
  }

  private arithmetic(operator: string, a: Value, b: Value): bigint {
    const x = integer(a);
    const y = integer(b);
    if (x === undefined || y === undefined) throw this.error("non-integer argument");
    if ((operator === "/" || operator === "%") && y === 0n) throw this.error("division by zero");
    switch (operator) {
      case "+":
        return x + y;
      case "-":
        return x - y;
      case "*":
        return x * y;
      case "/":
        return x / y;
      default:
        return x % y;
    }
  }

  private match(text: string, pattern: string): Value {
    try {
      const regex = compileRegex(pattern, { syntax: "basic" });
      // Anchored: what begins later is no match.
      const found = compileRegex(
        `^\\(${pattern.replace(/^\^/, "").replace(/\\([1-8])/g, (_, digit: string) => `\\${Number(digit) + 1}`)}\\)`,
        { syntax: "basic" },
      ).exec(text);
      if (regex.groupCount > 0) return found?.group(2) ?? "";
      return BigInt(found ? found.end - found.start : 0);
    } catch (error) {
      if (error instanceof RegexError) throw this.error(error.message);
      throw error;
    }
  }

  private operand(): string {
    const word = this.words[this.at];
    if (word === undefined) {
      const before = this.words[this.at - 1] ?? "";
      throw this.error(`syntax error: missing argument after ${quoteText(before)}`);
    }
    this.at += 1;
    return word;
  }

  private unary(): Value {
    const word = this.operand();
    switch (word) {
      case "(": {
        const value = this.level(0);
        if (this.words[this.at] !== ")") {
          const found = this.words[this.at];
          throw this.error(
            found === undefined
              ? `syntax error: expecting ')' after ${quoteText(this.words[this.at - 1] ?? "")}`
              : `syntax error: expecting ')' instead of ${quoteText(found)}`,
          );
        }
        this.at += 1;
        return value;
      }
      case ")":
        throw this.error("syntax error: unexpected ')'");
      case "+":
        return this.operand();
      case "length":
        return BigInt(String(this.unary()).length);
      case "match": {
        const text = String(this.unary());
        return this.match(text, String(this.unary()));
      }
      case "index": {
        const text = String(this.unary());
        const set = String(this.unary());
        return BigInt([...text].findIndex((char) => set.includes(char)) + 1);
      }
      case "substr": {
        const text = String(this.unary());
        const from = integer(this.unary());
        const length = integer(this.unary());
        if (from === undefined || length === undefined || from <= 0n || length <= 0n) return "";
        return text.slice(Number(from) - 1, Number(from) - 1 + Number(length));
      }
      default:
        return word;
    }
  }
}
