/** One line of the table. Nothing asserts on it: machines differ. */
export interface Row {
  readonly what: string;
  readonly result: string;
  /** What the project aims at. */
  readonly aim: string;
}

/** Processor seconds that a piece of work takes: what else the machine does hardly counts. */
export function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
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
