import { UsageError } from "./failure.ts";

/** The words of a command line, read from left to right. */
export class Words {
  private at = 0;

  constructor(private readonly words: readonly string[]) {}

  next(): string | undefined {
    return this.words[this.at++];
  }

  /** What belongs to the option that was read last. */
  value(option: string): string {
    const value = this.next();
    if (value === undefined) throw new UsageError(`${option} needs a value`);
    return value;
  }

  number(option: string, least: number, most: number): number {
    const text = this.value(option);
    const number = Number(text);
    if (text.trim() === "" || !(number >= least && number <= most)) {
      throw new UsageError(`${option} takes a number from ${least} to ${most}, not "${text}"`);
    }
    return number;
  }
}
