/** Numbers as ipset reads them. */
import { syntaxError } from "./failure.ts";

/** Decimal, octal or hexadecimal; throws the words for anything else. */
export function parseNumber(text: string, min: number, max: number): number {
  const isNumber = /^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text);
  if (!isNumber) throw syntaxError(`'${text}' is invalid as number`);
  const isOctal = /^[+-]?0[0-7]+$/.test(text);
  const value = isOctal ? Number.parseInt(text, 8) : Number(text);
  if (value < min || value > max) {
    throw syntaxError(`'${text}' is out of range ${min}-${max}`);
  }
  return value;
}
