/**
 * Turns many requests into few runs: never two at once, never closer together than `gapMs`,
 * and always one more run after the last request.
 */
export class Coalesced {
  #running = false;
  #again: "no" | "later" | "soon" = "no";
  #lastStart = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly gapMs = 0,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Asks for a run; `soon` skips the gap. */
  request(soon = false): void {
    if (this.#running) {
      if (this.#again !== "soon") this.#again = soon ? "soon" : "later";
      return;
    }
    const wait = soon ? 0 : this.#lastStart + this.gapMs - this.now();
    if (wait <= 0) {
      void this.#run();
    } else {
      this.#timer ??= setTimeout(() => void this.#run(), wait);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = "no";
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = true;
    this.#lastStart = this.now();
    try {
      await this.work();
    } finally {
      this.#running = false;
    }
    const again = this.#again;
    this.#again = "no";
    if (again !== "no") this.request(again === "soon");
  }
}
