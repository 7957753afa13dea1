/** From the pieces of an expanded word to its fields: word splitting and file names. */
import type { Shell } from "../shell.ts";
import { escapePattern, hasGlobCharacters } from "./pattern.ts";
import { expandPathname } from "./pathname.ts";
import { ExpansionError } from "../control-flow.ts";

export type Piece =
  | {
      readonly kind: "text";
      readonly text: string;
      /** Neither split nor taken as a pattern. */
      readonly quoted: boolean;
      /** Came from an expansion: split at $IFS. */
      readonly split: boolean;
    }
  /** Between the elements of `$@`. */
  | { readonly kind: "break" };

interface Segment {
  readonly text: string;
  readonly quoted: boolean;
}

type Field = Segment[];

/** Splits at the characters of `ifs`, POSIX.1-2017 XCU 2.6.5. */
export function splitFields(pieces: readonly Piece[], ifs: string): Field[] {
  const fields: Field[] = [];
  let current: Field | undefined;
  /** A field ended at whitespace: one other separator that follows belongs to that end. */
  let endedAtBlank = false;
  const add = (text: string, quoted: boolean): void => {
    (current ??= []).push({ text, quoted });
    endedAtBlank = false;
  };
  const end = (): void => {
    if (current) fields.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    if (piece.kind === "break") {
      end();
      endedAtBlank = false;
      continue;
    }
    if (!piece.split || piece.quoted) {
      if (piece.quoted || piece.text !== "") add(piece.text, piece.quoted);
      continue;
    }
    let start = 0;
    for (let at = 0; at < piece.text.length; at++) {
      const char = piece.text[at] as string;
      if (!ifs.includes(char)) continue;
      if (at > start) add(piece.text.slice(start, at), false);
      start = at + 1;
      if (char === " " || char === "\t" || char === "\n") {
        if (current) {
          end();
          endedAtBlank = true;
        }
      } else if (current) {
        end();
        endedAtBlank = false;
      } else if (endedAtBlank) endedAtBlank = false;
      else fields.push([{ text: "", quoted: false }]);
    }
    if (start < piece.text.length) add(piece.text.slice(start), false);
  }
  end();
  return fields;
}

/** Fields to words, patterns replaced by the file names that match. */
export function expandFields(shell: Shell, fields: readonly Field[]): string[] {
  const words: string[] = [];
  const noglob = shell.options.has("noglob");
  const extglob = shell.options.shell("extglob") ?? false;
  for (const field of fields) {
    const text = field.map((segment) => segment.text).join("");
    const candidate =
      !noglob && field.some((segment) => !segment.quoted && /[*?[+@!]/.test(segment.text));
    const pattern = candidate ? fieldPattern(field) : "";
    if (!candidate || !hasGlobCharacters(pattern, extglob)) {
      words.push(text);
      continue;
    }
    const names = expandPathname(shell, pattern);
    if (names.length > 0) for (const name of names) words.push(name);
    else if (shell.options.shell("failglob")) throw new ExpansionError(`no match: ${text}`);
    else if (!shell.options.shell("nullglob")) words.push(text);
  }
  return words;
}

function fieldPattern(field: Field): string {
  return field
    .map((segment) => (segment.quoted ? escapePattern(segment.text) : segment.text))
    .join("");
}

/** Pieces as one pattern: what was quoted matches only itself. */
export function piecesToPattern(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === "break") return " ";
      return piece.quoted ? escapePattern(piece.text) : piece.text;
    })
    .join("");
}

export function piecesToText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === "break" ? " " : piece.text)).join("");
}
