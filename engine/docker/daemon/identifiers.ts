import type { Random } from "../../sim/random.ts";

const SHORT_LENGTH = 12;

/** 64 hexadecimal digits. One whose short form could be a number is not taken. */
export function newId(random: Random): string {
  for (;;) {
    const id = hex(random.bytes(32));
    if (!/^\d+$/.test(shortId(id))) return id;
  }
}

export function shortId(id: string): string {
  return id.slice(0, SHORT_LENGTH);
}

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/**
 * Finds by whole id, name, or unambiguous beginning of an id, in that order.
 * "ambiguous": several begin so.
 */
export function findByReference<T extends { readonly id: string; readonly name: string }>(
  items: Iterable<T>,
  reference: string,
): T | "ambiguous" | undefined {
  let found: T | undefined;
  let count = 0;
  let named: T | undefined;
  for (const item of items) {
    if (item.id === reference) return item;
    if (item.name === reference) named = item;
    if (reference !== "" && item.id.startsWith(reference)) {
      found = item;
      count += 1;
    }
  }
  if (named) return named;
  return count > 1 ? "ambiguous" : found;
}
