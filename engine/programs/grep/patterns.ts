/** The patterns of one grep as one question: where does a line match? */
import { compileRegex, linearRegex, type Regex } from "../support/regex.ts";

export type Dialect = "basic" | "extended" | "fixed" | "perl";

export interface PatternOptions {
  readonly dialect: Dialect;
  readonly ignoreCase: boolean;
  /** -w: the match is a whole word; -x: a whole line. */
  readonly whole: "word" | "line" | undefined;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface LineMatcher {
  test(line: string): boolean;
  /** The first, longest match from `from` on. */
  find(line: string, from: number): Span | undefined;
}

/** The patterns are byte strings. RegexError. */
export function compilePatterns(patterns: readonly string[], options: PatternOptions): LineMatcher {
  const matchers = patterns.map((pattern) => compileOne(pattern, options));
  if (matchers.length === 1) return matchers[0] as LineMatcher;
  return {
    test: (line) => matchers.some((matcher) => matcher.test(line)),
    find(line, from) {
      let best: Span | undefined;
      for (const matcher of matchers) {
        const found = matcher.find(line, from);
        if (!found) continue;
        const better =
          !best || found.start < best.start || (found.start === best.start && found.end > best.end);
        if (better) best = found;
      }
      return best;
    },
  };
}

function compileOne(pattern: string, options: PatternOptions): LineMatcher {
  const { whole, ignoreCase } = options;
  if (options.dialect === "perl") return compilePerl(pattern, options);
  const syntax = options.dialect === "basic" ? "basic" : "extended";
  const text =
    options.dialect === "fixed" ? pattern.replace(/[\\^$.[\]|()*+?{}]/g, "\\$&") : pattern;
  if (whole === undefined) {
    const regex = compileRegex(text, { syntax, ignoreCase });
    return { test: (line) => regex.test(line), find: (line, from) => regex.exec(line, from) };
  }
  const [open, close, bar] = syntax === "basic" ? ["\\(", "\\)", "\\|"] : ["(", ")", "|"];
  // The pattern alone first, so that its own errors are the ones reported.
  compileRegex(text, { syntax, ignoreCase });
  // A group shifts the numbers of back-references.
  const shifted = text.replace(/\\(\\|[1-8])/g, (all, digit: string) =>
    digit === "\\" ? all : `\\${Number(digit) + (whole === "line" ? 1 : 2)}`,
  );
  if (whole === "line") {
    const regex = compileRegex(`^${open}${shifted}${close}$`, { syntax, ignoreCase });
    return { test: (line) => regex.test(line), find: (line, from) => regex.exec(line, from) };
  }
  const source = `${open}^${bar}[^[:alnum:]_]${close}${open}${shifted}${close}${open}$${bar}[^[:alnum:]_]${close}`;
  return wordMatcher(compileRegex(source, { syntax, ignoreCase }), 2);
}

/** Matches of a regex that also takes the bytes beside the word; the word is a group. */
function wordMatcher(regex: Regex, group: number): LineMatcher {
  return {
    test: (line) => regex.test(line),
    find(line, from) {
      // The byte before may be the neighbour that the last match left.
      const found = regex.exec(line, Math.max(0, from - 1));
      if (!found) return undefined;
      const [start, end] = found.span(group);
      return { start, end };
    },
  };
}

/**
 * Perl's expressions as far as RE2 has them. `A\KB` and a final `(?=B)`, which it has not but
 * everybody uses, become groups.
 */
function compilePerl(pattern: string, { whole, ignoreCase }: PatternOptions): LineMatcher {
  let text = pattern;
  let group = 0;
  const keep = text.lastIndexOf("\\K");
  const ahead = /\(\?=((?:[^()\\[\]]|\\.|\[[^\]]*\])*)\)$/.exec(text);
  if (ahead) text = text.slice(0, ahead.index);
  if (keep >= 0) {
    text = `(?:${text.slice(0, keep)})(?P<kept>${text.slice(keep + 2)})`;
    group = -1;
  }
  if (ahead) {
    text = keep >= 0 ? `${text}(?:${ahead[1]})` : `(?P<kept>${text})(?:${ahead[1]})`;
    group = -1;
  }
  if (whole === "line") text = `^(?:${text})$`;
  if (whole === "word") text = `\\b(?:${text})\\b`;
  // LOOKBEHINDS: RE2JS has those that take no groups, in linear time.
  const regex = linearRegex(`${ignoreCase ? "(?i)" : ""}${text}`, 512);
  if (group < 0) group = keptGroup(text);
  return {
    test: (line) => regex.test(line),
    find(line, from) {
      const found = regex.exec(line, from);
      if (!found) return undefined;
      const [start, end] = found.span(group);
      return { start, end };
    },
  };
}

/** How many groups open before the one named. */
function keptGroup(text: string): number {
  const before = text.slice(0, text.indexOf("(?P<kept>"));
  return (
    (before
      .replace(/\\./g, "")
      .replace(/\[[^\]]*\]/g, "")
      .match(/\((?!\?)/g)?.length ?? 0) + 1
  );
}
