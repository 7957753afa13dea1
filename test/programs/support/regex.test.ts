import { describe, expect, test } from "vitest";
import {
  compileRegex,
  RegexError,
  TooComplexError,
  type RegexSyntax,
} from "../../../engine/programs/support/regex.ts";

function find(pattern: string, subject: string, options: RegexSyntax = { syntax: "extended" }) {
  const match = compileRegex(pattern, options).exec(subject);
  if (!match) return undefined;
  const groups: (string | undefined)[] = [];
  for (let index = 0; match.span(index)[0] >= 0; index++) groups.push(match.group(index));
  return groups;
}

describe("POSIX extended expressions", () => {
  test.each([
    ["a|ab", "xab", ["ab"]],
    ["a(b|bc)(c|d)?", "abcd", ["abcd", "bc", "d"]],
    ["[[:digit:]]+", "a12b", ["12"]],
    ["[]x]+", "]x]", ["]x]"]],
    ["[^]a]", "]ab", ["b"]],
    ["[a\\]+", "a\\", ["a\\"]],
    ["a{2,3}", "aaaa", ["aaa"]],
    ["a{,2}", "aaa", ["aa"]],
    ["a{x", "a{x", ["a{x"]],
    ["^a.c$", "abc", ["abc"]],
    ["()b", "ab", ["b", ""]],
    ["\\<b", "ab b", ["b"]],
    ["a\\>", "ab a", ["a"]],
    ["\\bb\\b", "ab b", ["b"]],
    ["\\w+\\s\\W", "ab !", ["ab !"]],
    ["*a", "a", ["a"]],
    ["a||b", "b", ["b"]],
    [".", "\n", ["\n"]],
  ])("%s in %j", (pattern, subject, groups) => {
    expect(find(pattern, subject)).toEqual(groups);
  });

  test("of matches that begin at the same place the longest is taken", () => {
    expect(find("(x|xy|xyz)", "xyz")).toEqual(["xyz", "xyz"]);
  });

  test("case folding covers brackets, and negated brackets too", () => {
    expect(find("[a-c]+", "xBCA", { syntax: "extended", ignoreCase: true })).toEqual(["BCA"]);
    expect(find("[^a]", "Ab", { syntax: "extended", ignoreCase: true })).toEqual(["b"]);
  });

  test("folding is of ASCII letters only: bytes above 127 are no letters in the C locale", () => {
    expect(find("\xe9", "\xc9", { syntax: "extended", ignoreCase: true })).toBeUndefined();
  });

  test("with multiline, anchors match at newlines and \\` does not", () => {
    const options: RegexSyntax = { syntax: "extended", multiline: true };
    expect(find("^b$", "a\nb\nc", options)).toEqual(["b"]);
    expect(find("\\`b", "a\nb", options)).toBeUndefined();
  });

  test("a search from the middle still knows what is before", () => {
    const regex = compileRegex("^b|\\<b", { syntax: "extended" });
    expect(regex.exec("ab", 1)).toBeUndefined();
    expect(regex.exec("a b", 1)?.start).toBe(2);
  });
});

describe("POSIX basic expressions", () => {
  const basic: RegexSyntax = { syntax: "basic" };
  test.each([
    ["a\\(b*\\)c", "abbc", ["abbc", "bb"]],
    ["a+b?", "a+b?", ["a+b?"]],
    ["a\\+b\\?", "aab", ["aab"]],
    ["a\\|b", "b", ["b"]],
    ["*a", "*a", ["*a"]],
    ["^*a", "*a", ["*a"]],
    ["\\(*a\\)", "*a", ["*a", "*a"]],
    ["a^b$c", "a^b$c", ["a^b$c"]],
    ["a\\{2\\}", "aaa", ["aa"]],
    ["\\(.\\)\\1", "xyyz", ["yy", "y"]],
  ])("%s in %j", (pattern, subject, groups) => {
    expect(find(pattern, subject, basic)).toEqual(groups);
  });
});

describe("awk's expressions", () => {
  test("braces are text and escapes are C's", () => {
    expect(find("a{2}\\t\\/", "a{2}\t/", { syntax: "awk" })).toEqual(["a{2}\t/"]);
    expect(find("[\\]a]+", "]a", { syntax: "awk" })).toEqual(["]a"]);
  });
});

describe("malformed expressions are refused in glibc's words", () => {
  test.each([
    ["(a", "extended", "Unmatched ( or \\("],
    ["a)", "extended", "Unmatched ) or \\)"],
    ["[a", "extended", "Unmatched [, [^, [:, [., or [="],
    ["[[:foo:]]", "extended", "Invalid character class name"],
    ["[b-a]", "extended", "Invalid range end"],
    ["a{2,1}", "extended", "Invalid content of \\{\\}"],
    ["a{99999}", "extended", "Regular expression too big"],
    ["a\\{1", "basic", "Unmatched \\{"],
    ["\\(a\\)\\2", "basic", "Invalid back reference"],
    ["a\\", "basic", "Trailing backslash"],
  ] as const)("%s", (pattern, syntax, message) => {
    expect(() => compileRegex(pattern, { syntax })).toThrow(new RegexError(message));
  });
});

describe("no pattern holds the machine", () => {
  test("nested repetition takes linear time", () => {
    const regex = compileRegex("^(a+)+$", { syntax: "extended" });
    expect(regex.test(`${"a".repeat(5000)}b`)).toBe(false);
  });

  test("back-references give up beyond their budget of steps", () => {
    const regex = compileRegex("\\(a*\\)*\\1b", { syntax: "basic" });
    expect(() => regex.test("a".repeat(2000))).toThrow(TooComplexError);
  });

  test("the long repetition of a byte needs no deep stack", () => {
    const text = "x".repeat(100_000);
    expect(compileRegex("^\\(x*\\),\\1$", { syntax: "basic" }).test(`${text},${text}`)).toBe(true);
  });

  test("deeply nested groups are refused", () => {
    const pattern = "(".repeat(5000) + ")".repeat(5000);
    expect(() => compileRegex(pattern, { syntax: "extended" })).toThrow(RegexError);
  });
});
