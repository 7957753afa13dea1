/** The list of commands typed, and its file. */
import { KernelError } from "../kernel/errno.ts";
import type { Sys } from "../kernel/process/sys.ts";
import { decodeBytes, encodeBytes } from "./bytes.ts";
import { Pattern } from "./expansion/pattern.ts";

export interface HistoryEntry {
  readonly number: number;
  readonly line: string;
  /** Unix time when it was typed. */
  readonly seconds: number;
}

/** HISTSIZE when it is not a number. */
const DEFAULT_SIZE = 500;
const MAX_SIZE = 100_000;

/** How HISTCONTROL and HISTIGNORE have lines kept. */
export interface HistoryRules {
  readonly control: string;
  readonly ignore: string;
  readonly size: string | undefined;
}

export class History {
  private list: HistoryEntry[] = [];
  private next = 1;
  /** Lines already in the file. */
  private saved = 0;

  get entries(): readonly HistoryEntry[] {
    return this.list;
  }

  get lastNumber(): number {
    return this.next - 1;
  }

  add(line: string, seconds: number, rules: HistoryRules): void {
    const control = rules.control.split(":");
    const both = control.includes("ignoreboth");
    if ((both || control.includes("ignorespace")) && line.startsWith(" ")) return;
    if ((both || control.includes("ignoredups")) && this.list.at(-1)?.line === line) return;
    if (
      rules.ignore !== "" &&
      rules.ignore.split(":").some((each) => new Pattern(each).matches(line))
    ) {
      return;
    }
    if (control.includes("erasedups")) this.list = this.list.filter((entry) => entry.line !== line);
    this.push(line, seconds);
    this.limit(rules.size);
  }

  private push(line: string, seconds: number): void {
    this.list.push({ number: this.next, line, seconds });
    this.next += 1;
  }

  private limit(size: string | undefined): void {
    const wanted = size !== undefined && /^-?\d+$/.test(size) ? Number(size) : DEFAULT_SIZE;
    const most = wanted < 0 ? MAX_SIZE : Math.min(wanted, MAX_SIZE);
    if (this.list.length > most) this.list = most === 0 ? [] : this.list.slice(-most);
  }

  /** What an expanded `!!`, or `fc -s`, leaves instead of itself. */
  replaceLast(line: string): void {
    const last = this.list.pop();
    this.list.push({ number: last?.number ?? this.next++, line, seconds: last?.seconds ?? 0 });
  }

  clear(): void {
    this.list = [];
    this.next = 1;
    this.saved = 0;
  }

  /** Negative numbers count from the end. False: no such entry. */
  remove(from: number, to: number): boolean {
    const resolve = (number: number): number => (number < 0 ? this.next + number : number);
    const [low, high] = [resolve(from), resolve(to)];
    const kept = this.list.filter((entry) => entry.number < low || entry.number > high);
    if (kept.length === this.list.length) return false;
    this.list = [];
    this.next = 1;
    for (const entry of kept) this.push(entry.line, entry.seconds);
    return true;
  }

  load(sys: Sys, path: string): void {
    let text: string;
    try {
      text = decodeBytes(sys.readFile(path));
    } catch (error) {
      if (error instanceof KernelError) return;
      throw error;
    }
    const lines = text.split("\n").filter((line) => line !== "");
    for (const line of lines.slice(-MAX_SIZE)) {
      if (!/^#\d+$/.test(line)) this.push(line, sys.realtimeSeconds());
    }
    this.saved = this.list.length;
  }

  /** Writes the whole list. */
  save(sys: Sys, path: string): void {
    this.write(sys, path, this.list, false);
    this.saved = this.list.length;
  }

  /** Adds what is not in the file yet. */
  append(sys: Sys, path: string): void {
    this.write(sys, path, this.list.slice(this.saved), true);
    this.saved = this.list.length;
  }

  private write(sys: Sys, path: string, entries: readonly HistoryEntry[], append: boolean): void {
    if (path === "") return;
    const text = entries.map((entry) => `${entry.line}\n`).join("");
    try {
      sys.writeFile(path, encodeBytes(text), { append, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
}
