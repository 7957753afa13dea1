/** An associative array that is gone through in mawk's order: its hash table, list by list. */
import type { Value } from "./values.ts";

interface Entry {
  value: Value;
  /** When it was last looked up: that moves it to the front of its list. */
  used: number;
}

const FIRST_TABLE_SIZE = 64;
/** The table doubles when its lists are longer than this on average. */
const MAX_AVERAGE_LIST = 12;

export class AwkArray {
  private readonly entries = new Map<string, Entry>();
  private clock = 0;

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  get(key: string): Value {
    return this.find(key)?.value;
  }

  set(key: string, value: Value): void {
    const entry = this.find(key);
    if (entry) entry.value = value;
    else this.entries.set(key, { value, used: ++this.clock });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry) entry.used = ++this.clock;
    return entry;
  }

  /** The keys at this moment. */
  keys(): readonly string[] {
    let tableSize = FIRST_TABLE_SIZE;
    while (this.entries.size > tableSize * MAX_AVERAGE_LIST) tableSize *= 2;
    return [...this.entries]
      .map(([key, { used }]) => ({ key, used, list: fnv1a(key) % tableSize }))
      .sort((a, b) => a.list - b.list || b.used - a.used)
      .map(({ key }) => key);
  }
}

function fnv1a(text: string): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  }
  return hash >>> 0;
}
