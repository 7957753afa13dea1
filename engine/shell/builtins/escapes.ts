/** Backslash escapes of `echo -e`, `printf` formats and `%b`. */
import { byteToChar } from "../bytes.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

const COMMON = "x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})";

function decode(
  text: string,
  pattern: RegExp,
  extra: Readonly<Record<string, string>>,
): { text: string; stopped: boolean } {
  const stop = /^(?:[^\\]|\\[^c])*?\\c/s.exec(text);
  const body = stop && !("c" in extra) ? text.slice(0, stop[0].length - 2) : text;
  const decoded = body.replace(pattern, (all: string, hex, u4, u8, octal, simple) => {
    if (hex !== undefined) return byteToChar(parseInt(hex as string, 16));
    const point = (u4 ?? u8) as string | undefined;
    if (point !== undefined) {
      const code = parseInt(point, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    }
    if (octal !== undefined) return byteToChar(parseInt((octal as string) || "0", 8) & 255);
    return SIMPLE[simple as string] ?? extra[simple as string] ?? all;
  });
  return { text: decoded, stopped: body !== text };
}

/** `\0nnn` is octal. `stopped`: `\c` cut the output short. */
export function decodeEchoEscapes(text: string): { text: string; stopped: boolean } {
  return decode(text, new RegExp(`\\\\(?:${COMMON}|0([0-7]{0,3})|([\\s\\S]))`, "g"), {});
}

/** `%b`: like echo, and `\nnn` is octal too. */
export function decodePercentB(text: string): { text: string; stopped: boolean } {
  return decode(text, new RegExp(`\\\\(?:${COMMON}|(?:0(?=[0-7]))?([0-7]{1,3})|([\\s\\S]))`, "g"), {
    "'": "'",
    '"': '"',
  });
}

/** A printf format: `\nnn` is octal, `\c` is not special. */
export function decodeFormat(text: string): string {
  const pattern = new RegExp(`\\\\(?:${COMMON}|([0-7]{1,3})|([\\s\\S]))`, "g");
  return decode(text, pattern, { "'": "'", '"': '"', "?": "?", c: "\\c" }).text;
}
