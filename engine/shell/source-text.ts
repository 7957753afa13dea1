/** A text of commands and where it stands, so that positions become line numbers. */
export class SourceText {
  private lineStarts: number[] | undefined;

  constructor(
    readonly text: string,
    /** The number of its first line. */
    readonly firstLine = 1,
  ) {}

  lineAt(position: number): number {
    const starts = (this.lineStarts ??= lineStarts(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low + this.firstLine;
  }

  slice(node: { readonly pos: number; readonly end: number }): string {
    return this.text.slice(node.pos, node.end);
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
