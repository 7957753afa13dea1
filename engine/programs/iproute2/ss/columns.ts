/** The table that ss prints: columns as wide as their content, spread over a terminal's width. */

export type ColumnName =
  | "netid"
  | "state"
  | "receive"
  | "send"
  | "localAddress"
  | "localPort"
  | "peerAddress"
  | "peerPort"
  | "process";

interface Column {
  readonly name: ColumnName;
  readonly header: string;
  readonly right: boolean;
  /** What separates it from the column before. */
  readonly delimiter: string;
}

const COLUMNS: readonly Column[] = [
  { name: "netid", header: "Netid", right: false, delimiter: "" },
  { name: "state", header: "State", right: false, delimiter: " " },
  { name: "receive", header: "Recv-Q", right: false, delimiter: " " },
  { name: "send", header: "Send-Q", right: false, delimiter: " " },
  { name: "localAddress", header: "Local Address:", right: true, delimiter: " " },
  { name: "localPort", header: "Port", right: false, delimiter: "" },
  { name: "peerAddress", header: "Peer Address:", right: true, delimiter: " " },
  { name: "peerPort", header: "Port", right: false, delimiter: "" },
  { name: "process", header: "Process", right: false, delimiter: "" },
];

export type Row = Readonly<Record<ColumnName, string>>;

export interface TableOptions {
  readonly hidden: ReadonlySet<ColumnName>;
  readonly header: boolean;
  /** Undefined: standard output is no terminal, and nothing is spread. */
  readonly terminalColumns: number | undefined;
}

/** render() and render_calc_width() of misc/ss.c */
export function renderTable(rows: readonly Row[], options: TableOptions): string {
  const columns = COLUMNS.filter((column) => !options.hidden.has(column.name));
  const header = Object.fromEntries(
    COLUMNS.map((column) => [column.name, column.header]),
  ) as unknown as Row;
  const all = options.header ? [header, ...rows] : rows;
  const { widths, breaks } = layout(columns, all, options.terminalColumns);
  return all.map((row) => renderRow(columns, widths, breaks, row)).join("");
}

interface Layout {
  readonly widths: number[];
  /** Columns after which a line that is too long for the terminal is broken. */
  readonly breaks: ReadonlySet<number>;
}

function layout(
  columns: readonly Column[],
  rows: readonly Row[],
  terminalColumns: number | undefined,
): Layout {
  const screen = terminalColumns ?? Number.POSITIVE_INFINITY;
  let isFirst = true;
  const widths = columns.map((column, index) => {
    // The real ss has not yet measured the very last field when it comes to printing.
    const measured = index === columns.length - 1 ? rows.slice(0, -1) : rows;
    const longest = measured.reduce((most, row) => Math.max(most, row[column.name].length), 0);
    const width = isFirst || longest === 0 ? longest : longest + column.delimiter.length;
    if (width > 0) isFirst = false;
    return Math.min(width, screen);
  });
  const breaks = new Set<number>();
  if (terminalColumns === undefined) return { widths, breaks };
  let lineStart = 0;
  let length = 0;
  let count = 0;
  for (let i = 0; i < columns.length; i++) {
    const width = widths[i] as number;
    if (width === 0) continue;
    count += 1;
    length += width;
    const isLast = widths.slice(i + 1).every((later) => later === 0);
    if (!isLast && length < screen) continue;
    let end = i;
    if (length > screen && count > 1) {
      length -= width;
      end -= 1;
      count -= 1;
    }
    if (length < screen) spread(widths, lineStart, end, screen - length, count);
    if (end < columns.length - 1) breaks.add(end);
    i = end;
    lineStart = end + 1;
    length = 0;
    count = 0;
  }
  return { widths, breaks };
}

/** Shares the free space of a line among its columns, the last ones getting what is left over. */
function spread(widths: number[], from: number, to: number, space: number, count: number): void {
  const each = Math.floor(space / count);
  let rest = space % count;
  for (let i = to; i >= from; i--) {
    if (widths[i] === 0) continue;
    widths[i] = (widths[i] as number) + each + (rest > 0 ? 1 : 0);
    if (rest > 0) rest -= 1;
  }
}

function renderRow(
  columns: readonly Column[],
  widths: readonly number[],
  breaks: ReadonlySet<number>,
  row: Row,
): string {
  let text = "";
  let isLineStart = true;
  for (const [i, column] of columns.entries()) {
    const width = widths[i] as number;
    const content = row[column.name];
    const delimiter = isLineStart || width === 0 ? "" : column.delimiter;
    const used = delimiter.length + content.length;
    const space = " ".repeat(Math.max(0, width - used));
    text += column.right ? delimiter + space + content : delimiter + content + space;
    isLineStart = false;
    if (breaks.has(i)) {
      text += "\n";
      isLineStart = true;
    }
  }
  return `${text}\n`;
}
