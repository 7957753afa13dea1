/** What a jq program is made of. */
import type { Json } from "./json.ts";

export type Binary = "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=";
export type Update = "=" | "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=";

export interface FunctionDefinition {
  readonly name: string;
  /** `$x` stands for a value, `f` for a filter. */
  readonly parameters: readonly string[];
  readonly body: Node;
}

export type Pattern =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "array"; readonly items: readonly Pattern[] }
  | { readonly kind: "object"; readonly entries: readonly ObjectPattern[] };

export interface ObjectPattern {
  /** `$name` binds the value itself, too. */
  readonly variable: string | undefined;
  readonly key: Node;
  readonly pattern: Pattern | undefined;
}

export type Node =
  | { readonly kind: "identity" }
  | { readonly kind: "literal"; readonly value: Json }
  | {
      readonly kind: "string";
      readonly format: string | undefined;
      readonly parts: readonly (string | Node)[];
    }
  | { readonly kind: "format"; readonly name: string }
  | { readonly kind: "index"; readonly target: Node; readonly key: Node }
  | {
      readonly kind: "slice";
      readonly target: Node;
      readonly from: Node | undefined;
      readonly to: Node | undefined;
    }
  | { readonly kind: "iterate"; readonly target: Node }
  | { readonly kind: "array"; readonly body: Node | undefined }
  | { readonly kind: "object"; readonly entries: readonly (readonly [key: Node, value: Node])[] }
  | { readonly kind: "negate"; readonly body: Node }
  | { readonly kind: "pipe"; readonly left: Node; readonly right: Node }
  | { readonly kind: "comma"; readonly left: Node; readonly right: Node }
  | {
      readonly kind: "binary";
      readonly operator: Binary;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: "logic";
      readonly operator: "and" | "or";
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: "alternative"; readonly left: Node; readonly right: Node }
  | {
      readonly kind: "update";
      readonly operator: Update;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: "if"; readonly test: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly kind: "try"; readonly body: Node; readonly handler: Node | undefined }
  | {
      readonly kind: "reduce";
      readonly source: Node;
      readonly pattern: Pattern;
      readonly start: Node;
      readonly step: Node;
    }
  | {
      readonly kind: "foreach";
      readonly source: Node;
      readonly pattern: Pattern;
      readonly start: Node;
      readonly step: Node;
      readonly extract: Node | undefined;
    }
  | { readonly kind: "function"; readonly definition: FunctionDefinition; readonly rest: Node }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Node[];
      readonly at: number;
    }
  | { readonly kind: "variable"; readonly name: string; readonly at: number }
  | { readonly kind: "bind"; readonly source: Node; readonly pattern: Pattern; readonly body: Node }
  | { readonly kind: "label"; readonly name: string; readonly body: Node }
  | { readonly kind: "break"; readonly name: string; readonly at: number };

/** A program that makes no sense: what, and the offset in its text. */
export class SyntaxProblem extends Error {
  /** What else is said of it, from the beginning of the line. */
  readonly also: string[] = [];

  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}
