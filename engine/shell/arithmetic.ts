/** Shell arithmetic: 64-bit signed integers, C's operators, variables by their bare names. */

/** The text is what bash prints after its prefix. */
export class ArithmeticError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ArithmeticError";
  }
}

/** How expressions reach variables. A subscript is the text between the brackets. */
export interface ArithmeticVariables {
  read(name: string, subscript: string | undefined): string;
  write(name: string, subscript: string | undefined, value: string): void;
}

const MAX_RECURSION = 200;
const MAX_NESTING = 200;

export function evaluateArithmetic(
  text: string,
  variables: ArithmeticVariables,
  recursion = 0,
): bigint {
  if (recursion > MAX_RECURSION) {
    throw new ArithmeticError(
      `${text}: expression recursion level exceeded (error token is "${text}")`,
    );
  }
  return new Evaluator(text, variables, recursion).run();
}

type Operand = { name: string; subscript: string | undefined };

const BINARY: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};
const ASSIGNMENTS = ["=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|="];
const OPERATORS = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "*=",
  "/=",
  "%=",
  "+=",
  "-=",
  "&=",
  "^=",
  "|=",
  ..."+-*/%<>!~&^|?:=,()",
];

class Evaluator {
  private at = 0;
  /** Start of the last token read: what error texts quote. */
  private token = 0;
  private nesting = 0;
  /** Above 0 inside the branch of `&&`, `||` and `?:` that is not taken. */
  private skipping = 0;

  constructor(
    private readonly text: string,
    private readonly variables: ArithmeticVariables,
    private readonly recursion: number,
  ) {}

  run(): bigint {
    this.skipBlanks();
    if (this.at >= this.text.length) return 0n;
    const value = this.comma();
    this.skipBlanks();
    if (this.at < this.text.length) {
      this.token = this.at;
      const known = this.peekOperator() ?? /^[A-Za-z0-9_[\]]/.test(this.text.slice(this.at));
      throw this.error(
        known ? "syntax error in expression" : "syntax error: invalid arithmetic operator",
      );
    }
    return value;
  }

  private error(message: string): ArithmeticError {
    const shown = this.text.replace(/^\s+/, "");
    return new ArithmeticError(
      `${shown}: ${message} (error token is "${this.text.slice(this.token)}")`,
    );
  }

  private skipBlanks(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  private peekOperator(): string | undefined {
    this.skipBlanks();
    return OPERATORS.find((operator) => this.text.startsWith(operator, this.at));
  }

  private take(operator: string): void {
    this.token = this.at;
    this.at += operator.length;
  }

  private comma(): bigint {
    let value = this.assignment();
    while (this.peekOperator() === ",") {
      this.take(",");
      value = this.assignment();
    }
    return value;
  }

  private assignment(): bigint {
    if (++this.nesting > MAX_NESTING) throw this.error("expression recursion level exceeded");
    const start = this.at;
    const startToken = this.token;
    const target = this.operand();
    const operator = target && this.peekOperator();
    let value: bigint;
    if (target && operator && ASSIGNMENTS.includes(operator)) {
      this.take(operator);
      const right = this.assignment();
      value =
        operator === "=" ? right : this.apply(operator.slice(0, -1), this.load(target), right);
      this.store(target, value);
    } else {
      this.at = start;
      this.token = startToken;
      value = this.conditional();
      const after = this.peekOperator();
      if (after && ASSIGNMENTS.includes(after)) {
        this.token = this.at;
        throw this.error("attempted assignment to non-variable");
      }
    }
    this.nesting -= 1;
    return value;
  }

  private conditional(): bigint {
    const test = this.binary(1);
    if (this.peekOperator() !== "?") return test;
    this.take("?");
    if (test === 0n) this.skipping += 1;
    this.skipBlanks();
    if (this.at >= this.text.length || this.peekOperator() === ":") {
      this.token = this.at;
      throw this.error("expression expected");
    }
    const yes = this.comma();
    if (test === 0n) this.skipping -= 1;
    if (this.peekOperator() !== ":") {
      throw this.error("`:' expected for conditional expression");
    }
    this.take(":");
    if (test !== 0n) this.skipping += 1;
    this.skipBlanks();
    if (this.at >= this.text.length) throw this.error("expression expected");
    const no = this.assignment();
    if (test !== 0n) this.skipping -= 1;
    return test !== 0n ? yes : no;
  }

  private binary(minimum: number): bigint {
    let left = this.power();
    for (;;) {
      let operator = this.peekOperator();
      // After a value that is no variable, `++` is a plus and a sign.
      if (operator === "++" || operator === "--") operator = operator[0] as string;
      const precedence = operator === undefined ? undefined : BINARY[operator];
      if (operator === undefined || precedence === undefined || precedence < minimum) return left;
      this.take(operator);
      if (operator === "&&" || operator === "||") {
        const decided = operator === "&&" ? left === 0n : left !== 0n;
        if (decided) this.skipping += 1;
        const right = this.binary(precedence + 1);
        if (decided) this.skipping -= 1;
        const truth = operator === "&&" ? left !== 0n && right !== 0n : left !== 0n || right !== 0n;
        left = truth ? 1n : 0n;
      } else {
        this.skipBlanks();
        const start = this.at;
        const right = this.binary(precedence + 1);
        if (right === 0n && (operator === "/" || operator === "%")) this.token = start;
        left = this.apply(operator, left, right);
      }
    }
  }

  private power(): bigint {
    const base = this.unary();
    if (this.peekOperator() !== "**") return base;
    this.take("**");
    const exponent = this.power();
    return this.apply("**", base, exponent);
  }

  private unary(): bigint {
    if (++this.nesting > MAX_NESTING) throw this.error("expression recursion level exceeded");
    const value = this.unaryUnbounded();
    this.nesting -= 1;
    return value;
  }

  private unaryUnbounded(): bigint {
    const operator = this.peekOperator();
    switch (operator) {
      case "++":
      case "--": {
        this.take(operator);
        const start = this.at;
        const target = this.operand();
        if (!target) {
          // Not followed by a name, it is two signs.
          this.at = start;
          return this.unary();
        }
        const value = this.apply(operator[0] as string, this.load(target), 1n);
        this.store(target, value);
        return value;
      }
      case "+":
        this.take(operator);
        return this.unary();
      case "-":
        this.take(operator);
        return wrap(-this.unary());
      case "!":
        this.take(operator);
        return this.unary() === 0n ? 1n : 0n;
      case "~":
        this.take(operator);
        return wrap(~this.unary());
      default:
        return this.primary();
    }
  }

  private primary(): bigint {
    if (this.peekOperator() === "(") {
      this.take("(");
      const value = this.comma();
      if (this.peekOperator() !== ")") throw this.error("missing `)'");
      this.take(")");
      return value;
    }
    const target = this.operand();
    if (target) {
      const operator = this.peekOperator();
      const value = this.load(target);
      if (operator === "++" || operator === "--") {
        this.take(operator);
        this.store(target, this.apply(operator[0] as string, value, 1n));
      }
      return value;
    }
    const number = /^[0-9][0-9A-Za-z_@#]*/.exec(this.text.slice(this.at));
    if (!number) {
      // At the end of the text the last token is blamed.
      if (this.at < this.text.length) this.token = this.at;
      throw this.error("syntax error: operand expected");
    }
    this.token = this.at;
    this.at += number[0].length;
    return this.constant(number[0]);
  }

  private constant(digits: string): bigint {
    const based = /^(\d+)#(.*)$/.exec(digits);
    if (based) {
      const base = Number(based[1]);
      if (base < 2 || base > 64) throw this.error("invalid arithmetic base");
      if (based[2] === "") throw this.error("invalid integer constant");
      return this.inBase(based[2] as string, base);
    }
    if (/^0[xX]/.test(digits)) return this.inBase(digits.slice(2), 16);
    if (digits.length > 1 && digits.startsWith("0")) return this.inBase(digits.slice(1), 8);
    return this.inBase(digits, 10);
  }

  private inBase(digits: string, base: number): bigint {
    let value = 0n;
    for (const digit of digits) {
      const weight = digitValue(digit, base);
      if (weight === undefined || weight >= base) {
        throw this.error("value too great for base");
      }
      value = wrap(value * BigInt(base) + BigInt(weight));
    }
    return value;
  }

  /** A variable and its subscript, if one is next. */
  private operand(): Operand | undefined {
    this.skipBlanks();
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(this.at, this.at + 256))?.[0];
    if (name === undefined) return undefined;
    this.token = this.at;
    this.at += name.length;
    if (this.text[this.at] !== "[") return { name, subscript: undefined };
    let depth = 0;
    for (let end = this.at; end < this.text.length; end++) {
      if (this.text[end] === "[") depth += 1;
      else if (this.text[end] === "]" && --depth === 0) {
        const subscript = this.text.slice(this.at + 1, end);
        this.at = end + 1;
        return { name, subscript };
      }
    }
    throw this.error("bad array subscript");
  }

  private load(target: Operand): bigint {
    if (this.skipping > 0) return 0n;
    const value = this.variables.read(target.name, target.subscript);
    if (/^-?[1-9]\d{0,14}$/.test(value) || value === "0") return BigInt(value);
    if (value.trim() === "") return 0n;
    return evaluateArithmetic(value, this.variables, this.recursion + 1);
  }

  private store(target: Operand, value: bigint): void {
    if (this.skipping > 0) return;
    this.variables.write(target.name, target.subscript, String(value));
  }

  private apply(operator: string, left: bigint, right: bigint): bigint {
    switch (operator) {
      case "+":
        return wrap(left + right);
      case "-":
        return wrap(left - right);
      case "*":
        return wrap(left * right);
      case "/":
      case "%":
        if (right === 0n) {
          if (this.skipping > 0) return 0n;
          throw this.error("division by 0");
        }
        return wrap(operator === "/" ? left / right : left % right);
      case "**": {
        if (this.skipping > 0) return 0n;
        if (right < 0n) throw this.error("exponent less than 0");
        return power(left, right);
      }
      case "<<":
        return wrap(left << (right & 63n));
      case ">>":
        return left >> (right & 63n);
      case "&":
        return left & right;
      case "|":
        return left | right;
      case "^":
        return left ^ right;
      case "==":
        return left === right ? 1n : 0n;
      case "!=":
        return left !== right ? 1n : 0n;
      case "<":
        return left < right ? 1n : 0n;
      case ">":
        return left > right ? 1n : 0n;
      case "<=":
        return left <= right ? 1n : 0n;
      case ">=":
        return left >= right ? 1n : 0n;
      default:
        throw this.error("syntax error in expression");
    }
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = wrap(result * factor);
    factor = wrap(factor * factor);
  }
  return result;
}

/** `0-9a-zA-Z@_`; up to base 36 the case of letters does not matter. */
function digitValue(digit: string, base: number): number | undefined {
  if (/[0-9]/.test(digit)) return digit.charCodeAt(0) - 48;
  if (/[a-z]/.test(digit)) return digit.charCodeAt(0) - 87;
  if (/[A-Z]/.test(digit)) return digit.charCodeAt(0) - (base <= 36 ? 55 : 29);
  if (digit === "@") return 62;
  return digit === "_" ? 63 : undefined;
}
