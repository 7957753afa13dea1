/** Columns as wide as their widest cell, one space apart, as libsmartcols prints them. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  alignment: readonly ("left" | "right")[],
  separator = " ",
): readonly string[] {
  const widths = alignment.map((_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (alignment[column] === "right") return cell.padStart(width);
        return column === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join(separator),
  );
}
