/** Matching by RE2, whose time is linear; the words of Oniguruma where it refuses a pattern. */
import { RE2JS } from "re2js";
import { array, JqError, type Json, object } from "./json.ts";
import { describe } from "./paths.ts";

interface Options {
  readonly global: boolean;
  readonly flags: number;
  readonly extended: boolean;
  readonly skipEmpty: boolean;
}

function readOptions(flags: Json): Options {
  if (flags !== null && typeof flags !== "string") {
    throw new JqError(`${describe(flags)} is not a string`);
  }
  let bits = 0;
  const letters = flags ?? "";
  for (const letter of letters) {
    if (!"ginxspl".includes(letter)) {
      throw new JqError(`${letters} is not a valid modifier string`);
    }
    if (letter === "i") bits |= RE2JS.CASE_INSENSITIVE;
    if (letter === "p" || letter === "s") bits |= RE2JS.DOTALL;
  }
  return {
    global: letters.includes("g"),
    flags: bits,
    extended: letters.includes("x"),
    skipEmpty: letters.includes("n"),
  };
}

function compile(pattern: string, options: Options): RE2JS {
  const plain = options.extended
    ? pattern.replace(/\\.|#[^\n]*|\s+/g, (part) => (part[0] === "\\" ? part : ""))
    : pattern;
  try {
    return RE2JS.compile(plain, options.flags | RE2JS.MULTILINE);
  } catch (error) {
    throw new JqError(`${pattern} (at offset 0) is not a valid regex: ${(error as Error).message}`);
  }
}

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly {
    readonly text: string | null;
    readonly start: number;
    readonly name: string | null;
  }[];
}

/** Offsets in UTF-16. */
export function findMatches(
  subject: Json,
  pattern: Json,
  flags: Json,
  all = false,
): readonly Found[] {
  if (typeof subject !== "string") {
    throw new JqError(`${describe(subject)} cannot be matched, as it is not a string`);
  }
  if (typeof pattern !== "string") {
    throw new JqError(`${describe(pattern)} cannot be matched, as it is not a string`);
  }
  const options = readOptions(flags);
  const regex = compile(pattern, options);
  const matcher = regex.matcher(subject);
  const names = new Map<number, string>();
  for (const [name, index] of Object.entries(matcher.namedGroups)) {
    names.set(index, name);
  }
  const found: Found[] = [];
  while (matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() }, (_, i) => ({
      text: matcher.group(i + 1) as string | null,
      start: matcher.start(i + 1) as number,
      name: names.get(i + 1) ?? null,
    }));
    const match = { start: matcher.start() as number, end: matcher.end() as number, groups };
    if (!(options.skipEmpty && match.start === match.end)) found.push(match);
    if (!options.global && !all) break;
  }
  return found;
}

const points = (text: string): number => [...text].length;

/** What `match` gives. */
export function matchObject(subject: string, { start, end, groups }: Found): Json {
  const part = (from: number, to: number): string => subject.slice(from, to);
  const captures = groups.map(({ text, start: at, name }) =>
    object(
      new Map<string, Json>(
        text === null || at < 0
          ? [
              ["offset", -1],
              ["string", null],
              ["length", 0],
              ["name", name],
            ]
          : [
              ["offset", points(part(0, at))],
              ["length", points(text)],
              ["string", text],
              ["name", name],
            ],
      ),
    ),
  );
  return object(
    new Map<string, Json>([
      ["offset", points(part(0, start))],
      ["length", points(part(start, end))],
      ["string", part(start, end)],
      ["captures", array(captures)],
    ]),
  );
}

export function namedCaptures({ groups }: Found): Json {
  const named = groups.filter(({ name }) => name !== null);
  return object(new Map(named.map(({ name, text }) => [name as string, text])));
}
