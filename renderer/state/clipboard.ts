/** The system's clipboard, with a copy of our own for when the system refuses. */
export class Clipboard {
  #own = "";
  #mayBeStale = false;

  constructor() {
    // While the window was away, someone may have copied something else.
    if (typeof window !== "undefined") {
      window.addEventListener("blur", () => (this.#mayBeStale = true));
    }
  }

  async write(text: string): Promise<void> {
    this.#own = text;
    this.#mayBeStale = false;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No permission: copying works inside the window all the same.
    }
  }

  async read(): Promise<string> {
    if (this.#own !== "" && !this.#mayBeStale) return this.#own;
    try {
      return await navigator.clipboard.readText();
    } catch {
      return this.#own;
    }
  }
}
