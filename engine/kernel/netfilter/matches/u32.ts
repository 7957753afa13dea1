/** Numbers at computed places of the packet. Linux net/netfilter/xt_u32.c. */
import { read32 } from "../../../net/bytes.ts";
import { serialiseNetwork } from "../../../net/codec.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { hex, missingOption, not, parseUnsigned } from "../xtables/options.ts";

interface Step {
  readonly operator: "&" | "<<" | ">>" | "@";
  readonly number: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

interface Test {
  readonly start: number;
  readonly steps: readonly Step[];
  readonly ranges: readonly Range[];
}

interface U32Test {
  readonly tests: readonly Test[];
  readonly negated: boolean;
}

/** XT_U32_MAXSIZE: tests, and parts of each. */
const MAX_PARTS = 10;

const OPERATION = /(&(?!&)|<<|>>|@)/;

function number(text: string): number {
  const value = parseUnsigned(text.trim());
  if (value === undefined) throw new UsageError("u32: at char 0: not a number or out of range");
  return value;
}

function parseTest(text: string): Test {
  if (!/^\s*[0-9]/.test(text)) number(text);
  const [location = "", values, ...more] = text.split("=");
  if (values === undefined || more.length > 0) {
    throw new UsageError("u32: at char 0: location spec missing");
  }
  const words = location.split(OPERATION);
  const steps: Step[] = [];
  for (let index = 1; index < words.length; index += 2) {
    const operator = words[index] as Step["operator"];
    steps.push({ operator, number: number(words[index + 1] ?? "") });
  }
  const ranges = values.split(",").map((word) => {
    const [low = "", high] = word.split(":");
    const first = number(low);
    return { first, last: high === undefined ? first : number(high) };
  });
  if (steps.length >= MAX_PARTS || ranges.length > MAX_PARTS) {
    throw new UsageError("u32: at char 0: too many operators");
  }
  return { start: number(words[0] ?? ""), steps, ranges };
}

function format({ tests }: U32Test): string {
  const texts = tests.map(({ start, steps, ranges }) => {
    const path = steps.map((step) => step.operator + hex(step.number)).join("");
    const values = ranges.map(({ first, last }) =>
      first === last ? hex(first) : `${hex(first)}:${hex(last)}`,
    );
    return `${hex(start)}${path}=${values.join(",")}`;
  });
  return `"${texts.join("&&")}"`;
}

function valueAt(bytes: Uint8Array, at: number): number | undefined {
  return at + 4 <= bytes.length ? read32(bytes, at) : undefined;
}

function passes({ start, steps, ranges }: Test, bytes: Uint8Array): boolean {
  let base = 0;
  let value = valueAt(bytes, start);
  for (const step of steps) {
    if (value === undefined) return false;
    switch (step.operator) {
      case "&":
        value = (value & step.number) >>> 0;
        break;
      case "<<":
        value = step.number > 31 ? 0 : (value << step.number) >>> 0;
        break;
      case ">>":
        value = step.number > 31 ? 0 : value >>> step.number;
        break;
      case "@":
        base += value;
        value = valueAt(bytes, base + step.number);
    }
  }
  if (value === undefined) return false;
  const found = value;
  return ranges.some(({ first, last }) => found >= first && found <= last);
}

export const u32 = defineMatch<U32Test>({
  name: "u32",
  docs: {
    summary: "numbers at computed places of the packet",
    examples: ['-m u32 --u32 "0x6&0xff=0x1"', '-m u32 --u32 "0x0>>0x16&0x3c@0x0=0x50:0x60"'],
  },
  options: { u32: "argument" },
  negatable: ["u32"],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw missingOption("u32", "u32");
    const tests = option.value.split("&&").map(parseTest);
    if (tests.length > MAX_PARTS) throw new UsageError('u32: at char 0: too many "&&"s');
    return { tests, negated: option.negated };
  },
  save: (test) => `${not(test.negated)} --u32 ${format(test)}`,
  list: (test) => ` u32${not(test.negated)} ${format(test)}`,
  evaluate({ tests, negated }, { packet }) {
    const bytes = serialiseNetwork(packet);
    return tests.every((test) => passes(test, bytes)) !== negated;
  },
});
