/** sed's language as data: what the parser makes and the editor runs. */
import type { Regex } from "../support/regex.ts";

/** Undefined regex: the empty one, which means the last used at run time. */
export interface Pattern {
  readonly regex: Regex | undefined;
}

export type Address =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "last" }
  | { readonly kind: "step"; readonly first: number; readonly step: number }
  | { readonly kind: "pattern"; readonly pattern: Pattern };

/** The second address may also count from the first. */
export type EndAddress =
  | Address
  | { readonly kind: "plus"; readonly lines: number }
  | { readonly kind: "multiple"; readonly of: number };

/** A part of the replacement of `s`. */
export type ReplacementPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "group"; readonly index: number }
  /** \U \L: until \E; \u \l: the next character. */
  | { readonly kind: "case"; readonly to: "U" | "L" | "u" | "l" | "E" };

export interface Substitution {
  readonly pattern: Pattern;
  readonly replacement: readonly ReplacementPart[];
  readonly global: boolean;
  readonly print: number;
  /** Replace from the nth match on. */
  readonly nth: number;
  readonly writeTo: string | undefined;
}

export interface Command {
  readonly from: Address | undefined;
  readonly to: EndAddress | undefined;
  readonly negated: boolean;
  readonly name: string;
  /** Text of a i c, file of r R w W, label of b t T :, exit code of q Q, width of l. */
  readonly text: string;
  readonly substitution?: Substitution;
  /** y: byte to byte. */
  readonly map?: ReadonlyMap<string, string>;
  /** `{` and the jumps: the index of the command to go on at. */
  target: number;
}

/** The script is wrong: the text without `sed: `. */
export class ScriptError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}
