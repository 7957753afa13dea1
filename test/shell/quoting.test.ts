import fc from "fast-check";
import { expect, test } from "vitest";
import {
  backslashQuote,
  doubleQuote,
  quoteForReuse,
  singleQuote,
} from "../../engine/shell/quoting.ts";
import { runShellCommand, shellMachine } from "./shell-machine.ts";

const text = fc
  .string({ unit: "binary-ascii", maxLength: 20 })
  .map((each) => each.replaceAll("\0", ""));
const unicode = fc
  .string({ unit: "grapheme", maxLength: 10 })
  .map((each) => each.replaceAll("\0", ""));
const anyText = fc.oneof(text, unicode);

/** What the shell makes of a word, with marks that keep the newlines at its end. */
function read(word: string): string {
  const machine = shellMachine();
  const result = runShellCommand(["bash", "-c", `printf '<%s>' ${word}`], { machine });
  return result.stdout.replace(/^<|>$/g, "");
}

test.each([
  ["printf %q", backslashQuote],
  ["single quotes", singleQuote],
  ["@Q", quoteForReuse],
] as const)("any text arrives intact through %s", (_, quote) => {
  fc.assert(
    fc.property(anyText, (original) => {
      expect(read(quote(original))).toBe(original);
    }),
    { numRuns: 60 },
  );
});

test("any text arrives intact through double quotes", () => {
  fc.assert(
    fc.property(anyText, (original) => {
      expect(read(doubleQuote(original))).toBe(original);
    }),
    { numRuns: 60 },
  );
});

test("printf %q and eval are inverse, inside the shell", () => {
  fc.assert(
    fc.property(anyText, (original) => {
      const script = `x=${singleQuote(original)}; eval "y=$(printf %q "$x")"; [ "$x" = "$y" ] && printf '<%s>' "$y"`;
      expect(runShellCommand(["bash", "-c", script]).stdout).toBe(`<${original}>`);
    }),
    { numRuns: 40 },
  );
});
