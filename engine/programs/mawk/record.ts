/** The record and its fields: $0 is split when a field is asked for, joined when one was set. */
import type { Regex } from "../support/regex.ts";
import { inputValue, type Value } from "./values.ts";

/** Splits as FS does: " " means blanks, a byte itself, anything else a regex. */
export type FieldSplitter = (text: string) => string[];

export function splitByBlanks(text: string): string[] {
  return text.match(/[^ \t\n\r\f\v]+/g) ?? [];
}

export function splitByRegex(text: string, regex: Regex): string[] {
  if (text === "") return [];
  const out: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    const match = regex.exec(text, at);
    if (!match) break;
    if (match.end === match.start) {
      at = match.end + 1;
      continue;
    }
    out.push(text.slice(from, match.start));
    from = match.end;
    at = match.end;
  }
  out.push(text.slice(from));
  return out;
}

export class Record {
  private text = "";
  private fields: Value[] | undefined;
  private joinNeeded = false;

  constructor(
    private readonly split: () => FieldSplitter,
    private readonly join: (fields: readonly Value[]) => string,
  ) {}

  set(text: string): void {
    this.text = text;
    this.fields = undefined;
    this.joinNeeded = false;
  }

  get whole(): string {
    if (this.joinNeeded) {
      this.text = this.join(this.fields ?? []);
      this.joinNeeded = false;
    }
    return this.text;
  }

  private all(): Value[] {
    this.fields ??= this.split()(this.text).map(inputValue);
    return this.fields;
  }

  get count(): number {
    return this.all().length;
  }

  get(index: number): Value {
    return index === 0 ? inputValue(this.whole) : this.all()[index - 1];
  }

  setField(index: number, value: Value): void {
    this.resize(Math.max(index, this.count));
    this.all()[index - 1] = value;
    this.joinNeeded = true;
  }

  /** Setting NF. */
  resize(count: number): void {
    const fields = this.all();
    if (fields.length === count) return;
    while (fields.length < count) fields.push("");
    fields.length = count;
    this.joinNeeded = true;
  }

  /** NF was set, even to what it was: $0 is put together anew. */
  rejoin(): void {
    this.all();
    this.joinNeeded = true;
  }
}
