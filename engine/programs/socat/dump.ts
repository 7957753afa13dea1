/** What -v and -x show of a block of data. */
import { strftime } from "../support/calendar.ts";

const COLUMNS = 16;
const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  92: "\\\\",
};

export function dumpBlock(
  unixSeconds: number,
  mark: string,
  data: Uint8Array,
  offset: number,
  how: "text" | "hex" | "both",
): string {
  const whole = Math.floor(unixSeconds);
  const micros = Math.floor((unixSeconds - whole) * 1e6);
  const stamp = `${strftime("%Y/%m/%d %H:%M:%S", whole)}.${String(micros).padStart(9, "0")}`;
  const header = `${mark} ${stamp}  length=${data.length} from=${offset} to=${offset + data.length - 1}\n`;
  switch (how) {
    case "text":
      return header + [...data].map(textOf).join("");
    case "hex":
      return `${header}${[...data].map(hexOf).join("")}\n`;
    case "both":
      return `${header}${table(data)}--\n`;
  }
}

function textOf(byte: number): string {
  if (byte === 9 || byte === 10) return String.fromCharCode(byte);
  return ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");
}

function hexOf(byte: number): string {
  return ` ${byte.toString(16).padStart(2, "0")}`;
}

function table(data: Uint8Array): string {
  let out = "";
  for (let at = 0; at < data.length; at += COLUMNS) {
    const row = [...data.subarray(at, at + COLUMNS)];
    const hex = row
      .map(hexOf)
      .join("")
      .padEnd(COLUMNS * 3);
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."));
    out += `${hex}  ${text.join("")}\n`;
  }
  return out;
}
