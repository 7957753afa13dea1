import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalLab } from "../../engine/lab/file/canonical.ts";
import { printLab } from "../../engine/lab/file/print.ts";
import { arbitraryLab, mustParse } from "./arbitrary-lab.ts";

test("reading what was printed gives the same lab", () => {
  fc.assert(
    fc.property(arbitraryLab, (lab) => {
      expect(mustParse(printLab(lab))).toEqual(canonicalLab(lab));
    }),
    { numRuns: 300 },
  );
});

test("printing what was read gives the same text", () => {
  fc.assert(
    fc.property(arbitraryLab, (lab) => {
      const text = printLab(lab);
      expect(printLab(mustParse(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test("writing a lab canonically twice changes nothing more", () => {
  fc.assert(
    fc.property(arbitraryLab, (lab) => {
      const once = canonicalLab(lab);
      expect(canonicalLab(once)).toEqual(once);
    }),
    { numRuns: 300 },
  );
});
