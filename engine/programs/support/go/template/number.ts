/** Numbers of templates: Go's literals, of which one text may be an integer and a float at once. */
import { unquote } from "../quote.ts";
import type { NumberNode } from "./node.ts";

/** Undefined: no number. */
export function parseNumber(source: string, pos: number): NumberNode | undefined {
  const node = (value: number, isFloatText: boolean): NumberNode => ({
    kind: "number",
    source,
    pos,
    ...(Number.isInteger(value) && { int: value }),
    float: value,
    isFloatText,
  });
  if (source.startsWith("'")) {
    const code = unquote(source)?.codePointAt(0);
    return code === undefined ? undefined : node(code, false);
  }
  const match = /^([+-]?)(.*)$/.exec(source);
  const negative = match?.[1] === "-";
  const text = match?.[2] ?? "";
  const sign = negative ? -1 : 1;
  if (/_/.test(text) && !/^[0-9a-fA-FxXbBoO]+(_[0-9a-fA-F]+)*(\.|e|E|$)/.test(text)) {
    return undefined;
  }
  const digits = text.replaceAll("_", "");
  if (/^0[xX][0-9a-fA-F]+$/.test(digits) || /^0[bB][01]+$/.test(digits)) {
    return node(sign * Number(digits.toLowerCase()), false);
  }
  const octal = /^0[oO]?([0-7]+)$/.exec(digits);
  if (octal !== null) return node(sign * parseInt(octal[1] as string, 8), false);
  if (/^(0|[1-9]\d*)$/.test(digits)) return node(sign * Number(digits), false);
  if (/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) return node(sign * Number(digits), true);
  return undefined;
}
