/** Zod's complaints in plain English, with their place in the text. */
import type { z } from "zod";
import { isMap, isPair, isScalar, type Document, type LineCounter, type ParsedNode } from "yaml";
import type { Problem } from "../../session.ts";

export type Path = readonly (string | number)[];

/** Beyond this many problems the rest says nothing new. */
const PROBLEM_LIMIT = 50;

/** `nodes[2].interfaces[0]`, `nodes[0].files["/root/x"]`. */
function formatPath(path: Path): string {
  let out = "";
  for (const part of path) {
    if (typeof part === "number") out += `[${part}]`;
    else if (/^[A-Za-z_]\w*$/.test(part)) out += out === "" ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out;
}

/** Knows where in the text each value stands. */
export class SourceMap {
  constructor(
    private readonly document: Document.Parsed<ParsedNode>,
    private readonly lines: LineCounter,
  ) {}

  /** The problem with the place of the value at `path`, or of the nearest value around it. */
  problem(path: Path, message: string): Problem {
    const shown = formatPath(path);
    return { message, ...(shown === "" ? {} : { path: shown }), ...this.placeOf(path) };
  }

  private placeOf(path: Path): { line?: number; column?: number } {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.offsetOf(path.slice(0, length));
      if (offset === undefined) continue;
      const { line, col } = this.lines.linePos(offset);
      return { line, column: col };
    }
    return {};
  }

  /** Of the key, for a value in a mapping: that is where one looks for it. */
  private offsetOf(path: Path): number | undefined {
    const last = path.at(-1);
    const parent = path.length === 0 ? undefined : this.nodeAt(path.slice(0, -1));
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last),
      );
      const key = pair?.key as ParsedNode | undefined;
      return key?.range?.[0];
    }
    return this.nodeAt(path)?.range?.[0];
  }

  private nodeAt(path: Path): ParsedNode | undefined {
    if (path.length === 0) return this.document.contents ?? undefined;
    return this.document.getIn(path, true) as ParsedNode | undefined;
  }
}

/** With the lines where they stand in the text. */
export function problemsOf(error: z.ZodError, data: unknown, source: SourceMap): Problem[] {
  return complaints(error, data).map(([path, message]) => source.problem(path, message));
}

/** Of data that did not come from a text. */
export function problemsInData(error: z.ZodError, data: unknown): Problem[] {
  return complaints(error, data).map(([path, message]) => ({ message, path: formatPath(path) }));
}

type Complaint = readonly [Path, string];

function complaints(error: z.ZodError, data: unknown): readonly Complaint[] {
  return error.issues
    .slice(0, PROBLEM_LIMIT)
    .flatMap((issue) => explain(issue as z.core.$ZodIssue, [], data))
    .slice(0, PROBLEM_LIMIT);
}

function explain(issue: z.core.$ZodIssue, prefix: Path, data: unknown): readonly Complaint[] {
  const path = [...prefix, ...(issue.path as Path)];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => [[...path, key], `unknown key "${key}"`] as const);
    case "invalid_union":
      return explainUnion(issue, path, data);
    case "invalid_key":
      return issue.issues.map((inner) => [path, inner.message] as const);
    case "invalid_type":
      return [
        [path, `expected ${typeName(issue.expected)}, found ${describe(valueAt(data, path))}`],
      ];
    case "invalid_value":
      return [[path, `expected ${either(issue.values)}, found ${describe(valueAt(data, path))}`]];
    case "too_small":
      return [[path, `expected ${bound(issue.origin, "at least", issue.minimum)}`]];
    case "too_big":
      return [[path, `expected ${bound(issue.origin, "at most", issue.maximum)}`]];
    default:
      return [[path, issue.message]];
  }
}

/** Of the alternatives, the one that fits best is the one that the writer meant. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  data: unknown,
): readonly Complaint[] {
  if (issue.discriminator !== undefined) {
    const kinds =
      "options" in issue ? (issue.options as readonly unknown[] | undefined) : undefined;
    const expected = kinds ? either(kinds) : `a known ${issue.discriminator}`;
    return [[path, `expected ${expected}, found ${describe(valueAt(data, path))}`]];
  }
  let best: readonly Complaint[] = [[path, issue.message]];
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const alternative of issue.errors) {
    const score = alternative.reduce((sum, inner) => sum + (mismatch(inner) ? -10 : -1), 0);
    if (score <= bestScore) continue;
    bestScore = score;
    best = alternative.flatMap((inner) => explain(inner, path, data));
  }
  return best;
}

/** The value is of another kind altogether, rather than a wrong one of the right kind. */
function mismatch(issue: z.core.$ZodIssue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function typeName(expected: string): string {
  switch (expected) {
    case "string":
      return "text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
    case "tuple":
      return "a list";
    case "object":
    case "record":
      return "a mapping of keys and values";
    default:
      return expected;
  }
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `"host", "router" or "switch"`. */
function either(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value));
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function bound(origin: string, words: string, limit: number | bigint): string {
  switch (origin) {
    case "string":
      return `${words} ${limit} characters`;
    case "array":
      return `${words} ${limit} entries`;
    default:
      return `${words} ${limit}`;
  }
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
