/** A pager's document and where the screen stands in it. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { bytesToString } from "../support/bytes.ts";

const MAX_BYTES = 64 * 1024 * 1024;

/** Lines of a descriptor, read as far as they are needed. */
export class Document {
  readonly lines: string[] = [];
  private rest = "";
  private held = 0;
  ended = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  /** Reads until there are so many lines, or to the end. */
  *readTo(count: number): Blocking<void> {
    while (!this.ended && this.lines.length < count) {
      const chunk = yield* this.sys.read(this.fd);
      if (chunk.length === 0 || this.held > MAX_BYTES) {
        this.ended = true;
        if (this.rest !== "") this.lines.push(this.rest);
        this.rest = "";
        return;
      }
      this.held += chunk.length;
      const parts = (this.rest + bytesToString(chunk)).split("\n");
      this.rest = parts.pop() ?? "";
      for (const part of parts) this.lines.push(part);
      yield* this.sys.yieldCpu();
    }
  }
}

export interface LineStyle {
  readonly columns: number;
  /** -S: cut long lines, showing them from this column on. */
  readonly chopFrom: number | undefined;
  readonly numbers: boolean;
  /** -R: colours as they are. */
  readonly raw: boolean;
}

/** A line as the rows that it takes on the screen. */
export function screenRows(line: string, number: number, style: LineStyle): readonly string[] {
  const prefix = style.numbers ? `${String(number).padStart(7)} ` : "";
  const cells = toCells(line, style.raw);
  const room = Math.max(1, style.columns - prefix.length);
  if (style.chopFrom !== undefined) {
    return [prefix + cells.slice(style.chopFrom, style.chopFrom + room).join("")];
  }
  const rows: string[] = [];
  for (let at = 0; at === 0 || at < cells.length; at += room) {
    rows.push(
      (at === 0 ? prefix : " ".repeat(prefix.length)) + cells.slice(at, at + room).join(""),
    );
  }
  return rows;
}

/** One entry a column; a colour sequence goes with the cell that follows it. */
function toCells(line: string, raw: boolean): readonly string[] {
  const cells: string[] = [];
  let colour = "";

  for (const part of line.match(/\x1b\[[\d;]*[mK]|\r$|[^]/g) ?? []) {
    if (part.length > 1 && raw) {
      if (part.endsWith("m")) colour += part;
    } else if (part === "\t") {
      const width = 8 - (cells.length % 8);
      for (let count = 0; count < width; count++) cells.push(" ");
    } else if (part === "\r") {
      continue;
    } else {
      for (const char of part.length > 1 ? [...part] : [part]) {
        const shown =
          char === "\x1b"
            ? ["E", "S", "C"]
            : char < " " || char === "\x7f"
              ? ["^", String.fromCharCode(char.charCodeAt(0) ^ 64)]
              : [char];
        shown.forEach((one, index) => cells.push(index === 0 ? colour + one : one));
        colour = "";
      }
    }
  }
  if (colour !== "" && cells.length > 0) cells[cells.length - 1] += colour;
  return cells;
}
