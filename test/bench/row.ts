/** One line of the table. Nothing asserts on it: machines differ. */
export interface Row {
  readonly what: string;
  readonly result: string;
  /** What the project aims at. */
  readonly aim: string;
}

/** Seconds that a piece of work takes. */
export function secondsOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1000;
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

export function printTable(rows: readonly Row[]): void {
  const all: readonly Row[] = [{ what: "what", result: "result", aim: "aim" }, ...rows];
  const wide = Math.max(...all.map((row) => row.what.length));
  const middle = Math.max(...all.map((row) => row.result.length));
  for (const row of all) {
    console.log(`${row.what.padEnd(wide)}  ${row.result.padStart(middle)}  ${row.aim}`);
  }
}
