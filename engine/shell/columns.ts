/** Lists in columns, filled downwards, as `ls`, `select` and completion print them. */
export function columnsOf(items: readonly string[], width: number): string {
  if (items.length === 0) return "";
  const longest = Math.max(...items.map((item) => item.length)) + 2;
  const columns = Math.max(1, Math.floor(width / longest));
  const rows = Math.ceil(items.length / columns);
  let out = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let at = row; at < items.length; at += rows) {
      const item = items[at] as string;
      line += at + rows < items.length ? item.padEnd(longest) : item;
    }
    out += `${line}\n`;
  }
  return out;
}
