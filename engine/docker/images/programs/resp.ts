/** RESP 2, the protocol of Redis: how requests and replies are written. */
import { encodeUtf8, decodeUtf8 } from "../../../sim/utf8.ts";
import type { Reply } from "./redis-store.ts";

export function writeReply(reply: Reply): string {
  switch (reply.kind) {
    case "status":
      return `+${reply.text}\r\n`;
    case "error":
      return `-${reply.text}\r\n`;
    case "integer":
      return `:${reply.value}\r\n`;
    case "nil":
      return "$-1\r\n";
    case "bulk":
      return `$${encodeUtf8(reply.text).length}\r\n${reply.text}\r\n`;
    case "array":
      return `*${reply.items.length}\r\n${reply.items.map(writeReply).join("")}`;
  }
}

export function writeRequest(words: readonly string[]): string {
  return writeReply({ kind: "array", items: words.map((text) => ({ kind: "bulk", text })) });
}

export type Parsed<T> = { readonly value: T; readonly end: number } | "incomplete" | "malformed";

/** An array of strings, or words on a line as a person types them. */
export function parseRequest(bytes: Uint8Array): Parsed<readonly string[]> {
  if (bytes[0] !== 42 /* * */) {
    const newline = bytes.indexOf(10);
    if (newline < 0) return "incomplete";
    const line = decodeUtf8(bytes.subarray(0, newline)).trim();
    return { value: line === "" ? [] : line.split(/\s+/), end: newline + 1 };
  }
  const parsed = parseReply(bytes);
  if (typeof parsed === "string") return parsed;
  const { value, end } = parsed;
  if (value.kind !== "array") return "malformed";
  return { value: value.items.map((item) => (item.kind === "bulk" ? item.text : "")), end };
}

export function parseReply(bytes: Uint8Array, at = 0): Parsed<Reply> {
  const newline = bytes.indexOf(10, at);
  if (newline < 0) return "incomplete";
  const line = decodeUtf8(bytes.subarray(at + 1, newline)).replace(/\r$/, "");
  const next = newline + 1;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case "+":
      return { value: { kind: "status", text: line }, end: next };
    case "-":
      return { value: { kind: "error", text: line }, end: next };
    case ":":
      return { value: { kind: "integer", value: Number(line) }, end: next };
    case "$": {
      const length = Number(line);
      if (length < 0) return { value: { kind: "nil" }, end: next };
      if (!(length <= 1 << 20)) return "malformed";
      if (bytes.length < next + length + 2) return "incomplete";
      const text = decodeUtf8(bytes.subarray(next, next + length));
      return { value: { kind: "bulk", text }, end: next + length + 2 };
    }
    case "*":
      return parseItems(bytes, Number(line), next);
    default:
      return "malformed";
  }
}

function parseItems(bytes: Uint8Array, count: number, start: number): Parsed<Reply> {
  if (!(count >= 0 && count <= 1024)) return "malformed";
  const items: Reply[] = [];
  let end = start;
  for (let index = 0; index < count; index++) {
    const item = parseReply(bytes, end);
    if (typeof item === "string") return item;
    items.push(item.value);
    end = item.end;
  }
  return { value: { kind: "array", items }, end };
}
