/** `[[ … ]]` */
import type { TestBinaryExpression, TestExpression } from "unbash";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { ArithmeticError, evaluateArithmetic } from "./arithmetic.ts";
import { AbandonLine } from "./control-flow.ts";
import { piecesToText, type Piece } from "./expansion/fields.ts";
import { Pattern } from "./expansion/pattern.ts";
import { expandToPattern, expandToString, expandWordPieces } from "./expansion/word.ts";
import { compareFiles, INTEGER_COMPARISONS, unaryTest } from "./file-tests.ts";
import { compileExtendedRegex, escapeRegex } from "./regex.ts";
import type { Shell } from "./shell.ts";
import { shellArithmetic } from "./shell-variables.ts";
import { trace } from "./trace.ts";

/** 0: true, 1: false, 2: a malformed regular expression. */
export function* evaluateCondition(shell: Shell, expression: TestExpression): Blocking<number> {
  switch (expression.type) {
    case "TestGroup":
      return yield* evaluateCondition(shell, expression.expression);
    case "TestNot": {
      const status = yield* evaluateCondition(shell, expression.operand);
      if (status > 1) return status;
      return expression.negations.length % 2 === 0 ? status : 1 - status;
    }
    case "TestLogical": {
      let status = 0;
      for (const operand of expression.operands) {
        status = yield* evaluateCondition(shell, operand);
        if ((expression.operator === "&&") === (status !== 0)) return status;
      }
      return status;
    }
    case "TestUnary": {
      const operand = yield* expandToString(shell, expression.operand);
      yield* traceTest(shell, expression.operator, operand);
      return unaryTest(shell, expression.operator.slice(1), operand) ? 0 : 1;
    }
    case "TestBinary":
      return yield* evaluateBinary(shell, expression);
  }
}

function* evaluateBinary(shell: Shell, expression: TestBinaryExpression): Blocking<number> {
  const { operator } = expression;
  const left = yield* expandToString(shell, expression.left);
  if (operator === "=~") return yield* matchRegex(shell, left, expression);
  if (operator === "==" || operator === "=" || operator === "!=") {
    const source = yield* expandToPattern(shell, expression.right);
    yield* traceTest(shell, left, operator, source);
    const pattern = new Pattern(source, {
      ignoreCase: shell.options.shell("nocasematch") ?? false,
    });
    return pattern.matches(left) === (operator !== "!=") ? 0 : 1;
  }
  const right = yield* expandToString(shell, expression.right);
  yield* traceTest(shell, left, operator, right);
  if (operator === "<") return left < right ? 0 : 1;
  if (operator === ">") return left > right ? 0 : 1;
  const compare = INTEGER_COMPARISONS[operator];
  if (compare) {
    const [a, b] = [yield* integer(shell, left), yield* integer(shell, right)];
    return compare(a, b) ? 0 : 1;
  }
  return compareFiles(shell, left, operator, right) ? 0 : 1;
}

function* integer(shell: Shell, text: string): Blocking<bigint> {
  try {
    return evaluateArithmetic(text, shellArithmetic(shell));
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    yield* shell.reportError(`[[: ${error.message}`);
    throw new AbandonLine(1);
  }
}

function* matchRegex(
  shell: Shell,
  text: string,
  expression: TestBinaryExpression,
): Blocking<number> {
  const pieces = yield* expandWordPieces(shell, expression.right, { quoted: false, single: true });
  const source = pieces.map(regexPiece).join("");
  yield* traceTest(shell, text, "=~", piecesToText(pieces));
  const regex = compileExtendedRegex(source, shell.options.shell("nocasematch") ?? false);
  if (!regex) return 2;
  const groups = regex.firstMatch(text);
  shell.variables.setArray("BASH_REMATCH", groups ?? []);
  return groups ? 0 : 1;
}

function regexPiece(piece: Piece): string {
  if (piece.kind === "break") return " ";
  return piece.quoted ? escapeRegex(piece.text) : piece.text;
}

function traceTest(shell: Shell, ...words: readonly string[]): Blocking<void> {
  return trace(shell, ["[[", ...words.map((word) => (word === "" ? "''" : word)), "]]"], true);
}
