/** The progress bar, as it stands when the transfer is over. */

const NAME_WIDTH = 20;
const BAR_WIDTH = 32;

export class Gauge {
  private received = 0;

  constructor(
    private readonly name: string,
    private readonly total: number | undefined,
  ) {}

  add(bytes: number): void {
    this.received += bytes;
  }

  /** `index.html           100% |****| 615  0:00:00 ETA` */
  finalLine(): string {
    const name = this.name.slice(0, NAME_WIDTH).padEnd(NAME_WIDTH);
    const size = sizeText(this.received);
    if (this.total === undefined || this.total === 0) {
      return `\r${name}      |${" ".repeat(BAR_WIDTH)}| ${size}  0:00:00 ETA\n`.replace("\r", "");
    }
    const share = Math.min(1, this.received / this.total);
    const bar = "*".repeat(Math.floor(BAR_WIDTH * share)).padEnd(BAR_WIDTH);
    return `${name} ${String(Math.floor(share * 100)).padStart(3)}% |${bar}| ${size}  0:00:00 ETA\n`;
  }
}

/** Five characters: bytes, or kibibytes and up with a letter. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 100_000) {
    value = Math.floor(value / 1024);
    unit += 1;
  }
  return `${String(value).padStart(5)}${" kMGT".charAt(unit).trim()}`;
}
