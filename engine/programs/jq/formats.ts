/** `@csv` and its like. */
import { bytesToString, stringToBytes } from "../support/bytes.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { isArray, JqError, type Json, jsonText, kindOf } from "./json.ts";
import { describe } from "./paths.ts";

export const toText = (value: Json): string =>
  typeof value === "string" ? value : jsonText(value);

function row(value: Json, kind: string, cell: (value: Json) => string | undefined): string[] {
  if (!isArray(value))
    throw new JqError(`${describe(value)} cannot be ${kind}-formatted, only array`);
  return value.map((item) => {
    const written = item === null ? "" : typeof item === "boolean" ? String(item) : cell(item);
    if (written !== undefined) return written;
    const where = kind === "csv" ? "a csv row" : "a tsv row";
    throw new JqError(`${describe(item)} is not valid in ${where}`);
  });
}

const TSV: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\r": "\\r",
  "\n": "\\n",
  "\\": "\\\\",
};
const HTML: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "'": "&#39;",
  '"': "&quot;",
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function toBase64(value: string): string {
  const bytes = encodeUtf8(value);
  let out = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63]).join("");
    const left = Math.min(3, bytes.length - at);
    out += letters.slice(0, left + 1) + "=".repeat(3 - left);
  }
  return out;
}

function fromBase64(value: string): string {
  let bits = 0;
  let count = 0;
  let out = "";
  for (const letter of value.replace(/=+$/, "")) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new JqError(`${describe(value)} is not valid base64 data`);
    bits = ((bits << 6) | digit) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += String.fromCharCode((bits >> count) & 255);
  }
  return decodeUtf8(stringToBytes(out));
}

function shellWord(value: Json): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "'\\''")}'`;
  if (isArray(value) || kindOf(value) === "object") {
    throw new JqError(`${describe(value)} can not be escaped for shell`);
  }
  return jsonText(value);
}

const uriLetters = (value: string): string =>
  [...bytesToString(encodeUtf8(value))]
    .map((byte) =>
      /[A-Za-z0-9\-_.~]/.test(byte)
        ? byte
        : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");

export function format(name: string, value: Json): string {
  switch (name) {
    case "text":
      return toText(value);
    case "json":
      return jsonText(value);
    case "csv":
      return row(value, "csv", (cell) =>
        typeof cell === "string"
          ? `"${cell.replaceAll('"', '""')}"`
          : typeof cell === "number"
            ? jsonText(cell)
            : undefined,
      ).join(",");
    case "tsv":
      return row(value, "tsv", (cell) =>
        typeof cell === "string"
          ? cell.replace(/[\t\r\n\\]/g, (char) => TSV[char] as string)
          : typeof cell === "number"
            ? jsonText(cell)
            : undefined,
      ).join("\t");
    case "html":
      return toText(value).replace(/[<>&'"]/g, (char) => HTML[char] as string);
    case "uri":
      return uriLetters(toText(value));
    case "sh":
      return isArray(value) ? value.map(shellWord).join(" ") : shellWord(value);
    case "base64":
      return toBase64(toText(value));
    case "base64d":
      return fromBase64(toText(value));
  }
  throw new JqError(`${name} is not a valid format`);
}
