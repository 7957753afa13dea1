/** How the kernel reads numbers that are written to a sysctl. Linux kernel/sysctl.c. */
import { KernelError } from "../errno.ts";

function invalid(): KernelError {
  return new KernelError("EINVAL");
}

/** strtol(3) with base 0: decimal, 0x…, 0…; the whole word must be a number. */
function parseNumber(word: string): number {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(word);
  if (!match) throw invalid();
  const [, sign, digits] = match as unknown as [string, string, string];
  const isOctal = /^0\d/.test(digits);
  if (isOctal && /[89]/.test(digits)) throw invalid();
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === "-" ? -value : value;
}

/** proc_dointvec_minmax(): one number within bounds. */
export function parseInteger(text: string, low = -2147483648, high = 2147483647): number {
  const [first, ...more] = text.trim().split(/\s+/);
  if (first === undefined || first === "" || more.length > 0) throw invalid();
  const value = parseNumber(first);
  if (value < low || value > high) throw invalid();
  return value;
}

/** As many numbers as are written; what is not written stays as it was, unless all are needed. */
export function parseTuple(
  text: string,
  current: readonly number[],
  low: number,
  needsAll = false,
): number[] {
  const words = text.trim().split(/\s+/);
  if (words[0] === "" || words.length > current.length) throw invalid();
  if (needsAll && words.length < current.length) throw invalid();
  const values = words.map((word) => parseNumber(word));
  if (values.some((value) => value < low || value > 2147483647)) throw invalid();
  return current.map((old, i) => values[i] ?? old);
}
