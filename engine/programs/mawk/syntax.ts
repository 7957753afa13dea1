/** The awk language as a tree. */
import type { Regex } from "../support/regex.ts";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "regex"; readonly regex: Regex }
  | { readonly kind: "group"; readonly inner: Expression }
  | {
      readonly kind: "assign";
      readonly operator: string;
      readonly target: LValue;
      readonly value: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "unary"; readonly operator: "!" | "-" | "+"; readonly operand: Expression }
  | {
      readonly kind: "step";
      readonly by: 1 | -1;
      readonly prefix: boolean;
      readonly target: LValue;
    }
  | { readonly kind: "in"; readonly key: readonly Expression[]; readonly array: string }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly line: number;
    }
  | { readonly kind: "builtin"; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: "getline";
      readonly target: LValue | undefined;
      readonly from: "input" | "file" | "command";
      readonly source: Expression | undefined;
    }
  | LValue;

export type LValue =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "field"; readonly index: Expression }
  | { readonly kind: "element"; readonly array: string; readonly key: readonly Expression[] };

export interface Redirection {
  readonly mode: ">" | ">>" | "|";
  readonly to: Expression;
}

export type Statement =
  | { readonly kind: "expression"; readonly expression: Expression }
  | {
      readonly kind: "print";
      readonly args: readonly Expression[];
      readonly to: Redirection | undefined;
    }
  | {
      readonly kind: "printf";
      readonly args: readonly Expression[];
      readonly to: Redirection | undefined;
    }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly yes: Statement;
      readonly no: Statement | undefined;
    }
  | { readonly kind: "while"; readonly test: Expression; readonly body: Statement }
  | { readonly kind: "do"; readonly test: Expression; readonly body: Statement }
  | {
      readonly kind: "for";
      readonly init: Statement | undefined;
      readonly test: Expression | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | {
      readonly kind: "for-in";
      readonly variable: string;
      readonly array: string;
      readonly body: Statement;
    }
  | {
      readonly kind: "delete";
      readonly array: string;
      readonly key: readonly Expression[] | undefined;
    }
  | { readonly kind: "jump"; readonly what: "break" | "continue" | "next" | "nextfile" }
  | { readonly kind: "exit"; readonly value: Expression | undefined }
  | { readonly kind: "return"; readonly value: Expression | undefined };

export interface Rule {
  /** Undefined: every record. */
  readonly pattern: Expression | undefined;
  /** The end of a range. */
  readonly until: Expression | undefined;
  /** Undefined: print the record. */
  readonly action: Statement | undefined;
}

export interface UserFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly begin: readonly Statement[];
  readonly rules: readonly Rule[];
  readonly end: readonly Statement[];
  readonly functions: ReadonlyMap<string, UserFunction>;
}

/** A program that cannot be run; the text follows `mawk: `. */
export class AwkSyntaxError extends Error {}
