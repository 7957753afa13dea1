/**
 * The shell's strings against the world's bytes. A byte that is no valid UTF-8 is kept as a lone
 * surrogate U+DC80 … U+DCFF, so that it leaves the shell as it came (Python's "surrogateescape").
 */
import { decodeUtf8, encodeUtf8 } from "../sim/utf8.ts";

const ESCAPED_BYTE = /[\udc80-\udcff]/;

export function encodeBytes(text: string): Uint8Array {
  if (!ESCAPED_BYTE.test(text)) return encodeUtf8(text);
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encodeUtf8(char));
  }
  return Uint8Array.from(bytes);
}

export function decodeBytes(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (!text.includes("\ufffd")) return text;
  let out = "";
  for (let at = 0; at < bytes.length;) {
    const size = Math.max(1, sequenceLength(bytes[at] as number));
    const piece = decodeUtf8(bytes.subarray(at, at + size));
    if (size > 1 && piece.length <= 2 && !piece.includes("\ufffd")) {
      out += piece;
      at += size;
    } else {
      out += byteToChar(bytes[at] as number);
      at += 1;
    }
  }
  // Escaped bytes that became adjacent never join into a character: they were invalid together.
  return out;
}

/** One byte as the shell keeps it. */
export function byteToChar(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Joins the escaped bytes of `\303\251` and the like into the characters that they spell. */
export function joinEscapedBytes(text: string): string {
  return ESCAPED_BYTE.test(text) ? decodeBytes(encodeBytes(text)) : text;
}

export function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc2 ? 2 : 1;
}
