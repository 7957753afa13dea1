/** Drawing a prompt and a line on a terminal, over as many rows as they take. */
import { characterWidth } from "./width.ts";

/** What is to be seen. */
export interface View {
  /** May hold line ends, colours, and invisible stretches between \x01 and \x02. */
  readonly prompt: string;
  readonly text: string;
  /** Characters of `text` before the cursor. */
  readonly cursor: number;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** What is on the screen, in rows and columns from where the prompt starts. */
interface Drawn {
  readonly view: View;
  readonly cursor: Place;
  readonly end: Place;
}

/**
 * Keeps track of the cursor and writes the least that brings the screen up to date.
 * The terminal adds the carriage return to a line end (ONLCR).
 */
export class Screen {
  private drawn: Drawn | undefined;

  constructor(private columns: number) {}

  /** The terminal's width changed: what was drawn has been wrapped anew by the terminal. */
  resize(columns: number): void {
    this.columns = Math.max(columns, 2);
  }

  /** Starts on a fresh line. */
  forget(): void {
    this.drawn = undefined;
  }

  draw(view: View): string {
    const previous = this.drawn;
    const next = this.layOut(view);
    this.drawn = next;
    if (!previous) return this.paint(view, next);
    if (previous.view.prompt === view.prompt) {
      const appended = this.appended(previous, view, next);
      if (appended !== undefined) return appended;
      if (previous.view.text === view.text) return this.move(previous.cursor, next.cursor);
    }
    return this.home(previous) + this.paint(view, next);
  }

  /** Moves below the line, as at Enter. */
  leave(): string {
    const { drawn } = this;
    this.drawn = undefined;
    if (!drawn) return "\n";
    const down = drawn.end.row - drawn.cursor.row;
    // At the very edge the cursor already waits on the next row.
    return (down > 0 ? `\x1b[${down}B` : "") + "\n";
  }

  /** Text typed at the end of the line: only it is written. */
  private appended(previous: Drawn, view: View, next: Drawn): string | undefined {
    const old = previous.view;
    const atEnd = old.cursor === [...old.text].length && view.cursor === [...view.text].length;
    if (!atEnd || !view.text.startsWith(old.text)) return undefined;
    const added = view.text.slice(old.text.length);
    if (added === "") return undefined;
    return showControls(added) + this.edge(next.end);
  }

  private home(drawn: Drawn): string {
    const up = drawn.cursor.row;
    return "\r" + (up > 0 ? `\x1b[${up}A` : "");
  }

  private paint(view: View, next: Drawn): string {
    const prompt = view.prompt.replace(/[\x01\x02]/g, "");
    return (
      prompt +
      showControls(view.text) +
      this.edge(next.end) +
      "\x1b[J" +
      this.move(next.end, next.cursor)
    );
  }

  /** A terminal waits at the right edge until another character comes; make it wrap. */
  private edge(end: Place): string {
    return end.column === 0 && end.row > 0 ? " \r" : "";
  }

  private move(from: Place, to: Place): string {
    if (from.row === to.row && from.column === to.column) return "";
    const rows = to.row - from.row;
    let out = rows < 0 ? `\x1b[${-rows}A` : rows > 0 ? `\x1b[${rows}B` : "";
    if (to.column === 0) return `${out}\r`;
    const columns = to.column - from.column;
    if (columns < 0) out += -columns <= 4 ? "\b".repeat(-columns) : `\x1b[${-columns}D`;
    else if (columns > 0) out += `\x1b[${columns}C`;
    return out;
  }

  private layOut(view: View): Drawn {
    const start = this.advance({ row: 0, column: 0 }, visible(view.prompt));
    const characters = [...view.text];
    const cursor = this.advance(start, characters.slice(0, view.cursor).join(""));
    const end = this.advance(cursor, characters.slice(view.cursor).join(""));
    return { view, cursor, end };
  }

  private advance(from: Place, text: string): Place {
    let { row, column } = from;
    for (const char of text) {
      if (char === "\n") {
        row += 1;
        column = 0;
        continue;
      }
      const width = char < " " ? 2 : characterWidth(char);
      if (column + width > this.columns) {
        row += 1;
        column = 0;
      }
      column += width;
      if (column === this.columns) {
        row += 1;
        column = 0;
      }
    }
    return { row, column };
  }
}

/** A prompt without what takes no room. */
function visible(prompt: string): string {
  return prompt
    .replace(/\x01[^\x02]*\x02/g, "")
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/\x1b\][^\x07]*\x07/g, "")
    .replace(/[\x00-\x09\x0b-\x1f]/g, "");
}

/** Control characters in the line as `^X`; line ends as they are. */
function showControls(text: string): string {
  return text.replace(/[\x00-\x1f]/g, (char) =>
    char === "\n" ? "\n" : `^${String.fromCharCode(char.charCodeAt(0) + 64)}`,
  );
}
