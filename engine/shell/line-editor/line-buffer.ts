/** The line being edited: characters, a cursor, undo, and movements by words. */

interface Snapshot {
  readonly characters: readonly string[];
  readonly cursor: number;
}

/** A line longer than this takes no more. */
const MAX_LENGTH = 65_536;
const MAX_UNDO = 500;

export class LineBuffer {
  private characters: string[] = [];
  private position = 0;
  private undoStack: Snapshot[] = [];

  get text(): string {
    return this.characters.join("");
  }

  /** Index of the character under the cursor. */
  get cursor(): number {
    return this.position;
  }

  get length(): number {
    return this.characters.length;
  }

  /** The text before the cursor. */
  get before(): string {
    return this.characters.slice(0, this.position).join("");
  }

  get after(): string {
    return this.characters.slice(this.position).join("");
  }

  /** Replaces everything; the cursor goes to the end. */
  set(text: string): void {
    this.characters = [...text];
    this.position = this.characters.length;
  }

  clear(): void {
    this.set("");
    this.undoStack = [];
  }

  moveTo(position: number): boolean {
    const target = Math.max(0, Math.min(position, this.characters.length));
    if (target === this.position) return false;
    this.position = target;
    return true;
  }

  /** Remembers the line as it is, for undo. */
  checkpoint(): void {
    const last = this.undoStack.at(-1);
    if (last?.characters.join("") === this.text) return;
    this.undoStack.push({ characters: [...this.characters], cursor: this.position });
    if (this.undoStack.length > MAX_UNDO) this.undoStack.shift();
  }

  undo(): boolean {
    const snapshot = this.undoStack.pop();
    if (!snapshot) return false;
    this.characters = [...snapshot.characters];
    this.position = snapshot.cursor;
    return true;
  }

  insert(text: string): void {
    const added = [...text];
    if (this.characters.length + added.length > MAX_LENGTH) return;
    this.characters.splice(this.position, 0, ...added);
    this.position += added.length;
  }

  /** Removes the characters between two positions; returns them. */
  cut(from: number, to: number): string {
    const [low, high] = from <= to ? [from, to] : [to, from];
    const removed = this.characters.splice(low, high - low);
    this.position = low;
    return removed.join("");
  }

  /** Puts `text` in place of what lies between two positions. */
  replace(from: number, to: number, text: string): void {
    this.cut(from, to);
    this.insert(text);
  }

  transpose(): boolean {
    if (this.position === 0 || this.characters.length < 2) return false;
    const second = Math.min(this.position, this.characters.length - 1);
    const { characters } = this;
    [characters[second - 1], characters[second]] = [
      characters[second] as string,
      characters[second - 1] as string,
    ];
    this.position = second + 1;
    return true;
  }

  private isWord(at: number): boolean {
    return /[\p{L}\p{N}]/u.test(this.characters[at] ?? "");
  }

  /** Where the word before the cursor starts: letters and digits. */
  previousWord(): number {
    let at = this.position;
    while (at > 0 && !this.isWord(at - 1)) at -= 1;
    while (at > 0 && this.isWord(at - 1)) at -= 1;
    return at;
  }

  nextWord(): number {
    let at = this.position;
    while (at < this.characters.length && !this.isWord(at)) at += 1;
    while (at < this.characters.length && this.isWord(at)) at += 1;
    return at;
  }

  /** Where the text before the cursor that holds no blank starts (Ctrl-W). */
  previousBlankWord(): number {
    let at = this.position;
    while (at > 0 && /\s/.test(this.characters[at - 1] as string)) at -= 1;
    while (at > 0 && !/\s/.test(this.characters[at - 1] as string)) at -= 1;
    return at;
  }

  /** Alt-U, Alt-L, Alt-C. */
  changeWordCase(change: (word: string) => string): void {
    const end = this.nextWord();
    const word = this.cut(this.position, end);
    this.insert(change(word));
  }
}
