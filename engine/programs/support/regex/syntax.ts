/** What a regular expression is once read: the tree that both matchers are made from. */
import type { ByteSet } from "./byte-set.ts";

/** `line`: at the ends of lines too (sed's M); `text`: of the whole subject only. */
export type Assertion =
  | "line-start"
  | "line-end"
  | "text-start"
  | "text-end"
  | "word-edge"
  | "not-word-edge"
  | "word-start"
  | "word-end";

export type Node =
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "group"; readonly index: number; readonly body: Node }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "choice"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly body: Node; readonly min: number; readonly max: number }
  | { readonly kind: "reference"; readonly index: number };

export interface ParsedRegex {
  readonly root: Node;
  readonly groupCount: number;
  readonly hasReferences: boolean;
}

export interface RegexSyntax {
  /** POSIX BRE, POSIX ERE (both with GNU's additions), or awk's ERE. */
  readonly syntax: "basic" | "extended" | "awk";
  readonly ignoreCase?: boolean;
  /** `^` and `$` match at every newline of the subject. */
  readonly multiline?: boolean;
}

/** The expression is malformed; the message is glibc's regerror(3). */
export class RegexError extends Error {}
