/**
 * Byte strings: one character a byte (U+0000 to U+00FF), so that text tools handle any content
 * without loss, count and order bytes as the C locale does, and may still use string methods.
 */
import { encodeUtf8 } from "../../sim/utf8.ts";

export function bytesToString(bytes: Uint8Array): string {
  if (bytes.length <= 8192) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

export function stringToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** An argument, a file name or the like as the bytes that the kernel would show. */
export function byteString(text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 127) return bytesToString(encodeUtf8(text));
  }
  return text;
}
