/** POSIX extended regular expressions by re2js, whose time is linear in the text. */
import { RE2JS } from "re2js";

export interface CompiledRegex {
  /** The match and its groups, "" for those that took no part. */
  firstMatch(text: string): string[] | undefined;
}

/** Undefined: malformed. */
export function compileExtendedRegex(
  source: string,
  ignoreCase: boolean,
): CompiledRegex | undefined {
  let compiled: RE2JS;
  try {
    const flags = RE2JS.DOTALL | RE2JS.LONGEST_MATCH | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    compiled = RE2JS.compile(translate(source), flags);
  } catch {
    return undefined;
  }
  return {
    firstMatch(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: matcher.groupCount() + 1 },
        (_, index) => matcher.group(index) ?? "",
      );
    },
  };
}

/** Where POSIX and RE2 differ: brackets take backslashes literally; `\<` and `\>` are word edges. */
function translate(source: string): string {
  let out = "";
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (char === "\\") {
      const next = source[at + 1] ?? "\\";
      out += next === "<" || next === ">" ? "\\b" : `\\${next}`;
      at += 1;
    } else if (char === "[") {
      const end = bracketEnd(source, at);
      if (end < 0) return source;
      out += source
        .slice(at, end + 1)
        .replaceAll("\\", "\\\\")
        .replace(/^(\[\^?)\]/, "$1\\]")
        .replace(/(?!^)\[(?![:.=])/g, "\\[");
      at = end;
    } else out += char;
  }
  return out;
}

function bracketEnd(source: string, open: number): number {
  let at = open + 1;
  if (source[at] === "^") at += 1;
  if (source[at] === "]") at += 1;
  for (; at < source.length; at++) {
    if (source[at] === "[" && /[:.=]/.test(source[at + 1] ?? "")) {
      const end = source.indexOf(`${source[at + 1] as string}]`, at + 2);
      if (end < 0) return -1;
      at = end + 1;
    } else if (source[at] === "]") return at;
  }
  return -1;
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
