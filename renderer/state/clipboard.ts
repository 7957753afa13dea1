/** The system's clipboard, with a copy of our own for when the system refuses. */
export class Clipboard {
  #own = Promise.resolve("");
  #mayBeStale = false;

  constructor() {
    // While the window was away, someone may have copied something else.
    if (typeof window !== "undefined") {
      window.addEventListener("blur", () => (this.#mayBeStale = true));
    }
  }

  /** The text may still be on its way: whoever pastes at once waits for it. */
  async write(text: string | Promise<string>): Promise<void> {
    this.#own = Promise.resolve(text);
    this.#mayBeStale = false;
    try {
      await navigator.clipboard.writeText(await text);
    } catch {
      // No permission: copying works inside the window all the same.
    }
  }

  async read(): Promise<string> {
    const own = await this.#own;
    if (own !== "" && !this.#mayBeStale) return own;
    try {
      return await navigator.clipboard.readText();
    } catch {
      return own;
    }
  }
}
