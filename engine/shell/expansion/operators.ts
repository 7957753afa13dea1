/** `${x#p}`, `${x/p/r}`, `${x^p}`: patterns at work on one value. */
import type { Shell } from "../shell.ts";
import { Pattern } from "./pattern.ts";

function patternOf(shell: Shell, source: string, ignoreCase = false): Pattern {
  // The operators always know extended patterns when extglob is on; unbash parses them either way.
  return new Pattern(source, { extglob: shell.options.shell("extglob") ?? false, ignoreCase });
}

export function removePattern(
  shell: Shell,
  value: string,
  operator: "#" | "##" | "%" | "%%",
  source: string,
): string {
  const pattern = patternOf(shell, source);
  if (operator.startsWith("#")) {
    const ends = [...pattern.ends(value, 0)];
    if (ends.length === 0) return value;
    return value.slice(operator === "#" ? Math.min(...ends) : Math.max(...ends));
  }
  if (pattern.literal !== undefined) {
    return value.endsWith(pattern.literal)
      ? value.slice(0, -pattern.literal.length || undefined)
      : value;
  }
  const reaches = (start: number): boolean => pattern.ends(value, start).has(value.length);
  if (operator === "%") {
    for (let start = value.length; start >= 0; start--) {
      if (reaches(start)) return value.slice(0, start);
    }
  } else {
    for (let start = 0; start <= value.length; start++) {
      if (reaches(start)) return value.slice(0, start);
    }
  }
  return value;
}

export function replacePattern(
  shell: Shell,
  value: string,
  operator: "/" | "//" | "/#" | "/%",
  source: string,
  replacement: string,
): string {
  if (source === "" && operator !== "/#" && operator !== "/%") return value;
  const pattern = patternOf(shell, source, shell.options.shell("nocasematch"));
  const ampersand = shell.options.shell("patsub_replacement") ?? false;
  const insert = (matched: string): string => substitute(replacement, matched, ampersand);
  if (operator === "/#") {
    const end = longest(pattern, value, 0);
    return end === undefined ? value : insert(value.slice(0, end)) + value.slice(end);
  }
  if (operator === "/%") {
    for (let start = 0; start <= value.length; start++) {
      if (pattern.ends(value, start).has(value.length)) {
        return value.slice(0, start) + insert(value.slice(start));
      }
    }
    return value;
  }
  let out = "";
  let at = 0;
  while (at <= value.length) {
    const end = longest(pattern, value, at);
    if (end === undefined || (end === at && (at === value.length || value !== ""))) {
      out += value.slice(at, at + 1);
      at += 1;
      continue;
    }
    out += insert(value.slice(at, end));
    at = end;
    if (operator === "/" || at >= value.length) break;
  }
  return out + value.slice(at);
}

function longest(pattern: Pattern, value: string, from: number): number | undefined {
  let end: number | undefined;
  for (const each of pattern.ends(value, from)) if (end === undefined || each > end) end = each;
  return end;
}

/** Puts the match where the replacement has a bare `&`. */
function substitute(replacement: string, matched: string, ampersand: boolean): string {
  return replacement.replace(/\\([&\\])|&/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    return ampersand ? matched : found;
  });
}

export function changeCase(
  shell: Shell,
  value: string,
  operator: "^" | "^^" | "," | ",,",
  source: string | undefined,
): string {
  const pattern = source === undefined || source === "" ? undefined : patternOf(shell, source);
  const change = (char: string): string => {
    if (pattern && !pattern.matches(char)) return char;
    return operator.startsWith("^") ? char.toUpperCase() : char.toLowerCase();
  };
  const chars = [...value];
  if (operator.length === 2) return chars.map(change).join("");
  return change(chars[0] ?? "") + chars.slice(1).join("");
}
