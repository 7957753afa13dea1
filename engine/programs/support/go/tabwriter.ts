/** text/tabwriter without flags: tab-terminated cells, aligned in columns. */

const width = (text: string) => [...text].length;

/**
 * A column is a run of adjacent lines that have a cell there; it is as wide as its widest cell and
 * `padding`, at least `minimum`. What follows the last tab of a line is not a cell.
 */
export function alignTabs(text: string, minimum: number, padding: number): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths = lines.map((cells) => cells.slice(1).map(() => 0));
  const columns = Math.max(0, ...widths.map((row) => row.length));
  for (let column = 0; column < columns; column++) {
    let row = 0;
    while (row < lines.length) {
      let end = row;
      let widest = minimum;
      while ((widths[end]?.length ?? 0) > column) {
        widest = Math.max(widest, width(lines[end]?.[column] ?? "") + padding);
        end += 1;
      }
      for (let i = row; i < end; i++) (widths[i] as number[])[column] = widest;
      row = Math.max(end, row + 1);
    }
  }
  return lines.map((cells, row) => aligned(cells, widths[row] ?? [])).join("\n");
}

function aligned(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - width(cell))))
    .join("");
}
