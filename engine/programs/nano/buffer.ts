/** The text that nano edits, with its cursor; knows nothing of terminals. */
export class Buffer {
  lines: string[];
  row = 0;
  column = 0;
  modified = false;
  private cutLines: string[] = [];
  private cutting = false;

  constructor(text: string) {
    this.lines = text.split("\n");
  }

  get text(): string {
    const text = this.lines.join("\n");
    return text === "" || text.endsWith("\n") ? text : `${text}\n`;
  }

  get line(): string {
    return this.lines[this.row] as string;
  }

  private set line(text: string) {
    this.lines[this.row] = text;
    this.modified = true;
  }

  /** Any key but ^K ends a run of cut lines. */
  endCut(): void {
    this.cutting = false;
  }

  insert(text: string): void {
    const { line, column } = this;
    const parts = (line.slice(0, column) + text + line.slice(column)).split("\n");
    const after = line.length - column;
    this.lines.splice(this.row, 1, ...parts);
    this.row += parts.length - 1;
    this.column = this.line.length - after;
    this.modified = true;
  }

  backspace(): void {
    if (this.column > 0) {
      this.column -= 1;
      this.delete();
    } else if (this.row > 0) {
      this.row -= 1;
      this.column = this.line.length;
      this.delete();
    }
  }

  delete(): void {
    const { line, column } = this;
    if (column < line.length) this.line = line.slice(0, column) + line.slice(column + 1);
    else if (this.row < this.lines.length - 1) {
      this.line = line + (this.lines[this.row + 1] as string);
      this.lines.splice(this.row + 1, 1);
    }
  }

  cutLine(): void {
    if (!this.cutting) this.cutLines = [];
    this.cutting = true;
    if (this.row === this.lines.length - 1 && this.line === "") return;
    this.cutLines.push(this.line);
    if (this.lines.length === 1) this.lines = [""];
    else this.lines.splice(this.row, 1);
    this.row = Math.min(this.row, this.lines.length - 1);
    this.column = 0;
    this.modified = true;
  }

  paste(): void {
    if (this.cutLines.length === 0) return;
    this.lines.splice(this.row, 0, ...this.cutLines);
    this.row += this.cutLines.length;
    this.column = 0;
    this.modified = true;
  }

  moveRows(by: number): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, this.row + by));
    this.column = Math.min(this.column, this.line.length);
  }

  left(): void {
    if (this.column > 0) this.column -= 1;
    else if (this.row > 0) {
      this.row -= 1;
      this.column = this.line.length;
    }
  }

  right(): void {
    if (this.column < this.line.length) this.column += 1;
    else if (this.row < this.lines.length - 1) {
      this.row += 1;
      this.column = 0;
    }
  }

  goTo(row: number, column: number): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, row));
    this.column = Math.max(0, Math.min(this.line.length, column));
  }

  /** The next place of a text after the cursor, around the end; false: there is none. */
  find(wanted: string): "found" | "wrapped" | "missing" {
    const folded = wanted.toLowerCase();
    const start = this.row;
    for (let step = 0; step <= this.lines.length; step++) {
      const row = (start + step) % this.lines.length;
      const text = (this.lines[row] as string).toLowerCase();
      const from = step === 0 ? this.column + 1 : 0;
      const at = text.indexOf(folded, from);
      if (at < 0 || (step === this.lines.length && at > this.column)) continue;
      const wrapped = start + step >= this.lines.length;
      this.goTo(row, at);
      return wrapped ? "wrapped" : "found";
    }
    return "missing";
  }
}
