/** The prefix lengths of the networks in a set, so that a lookup tries only those. */
export class PrefixLengths {
  private readonly counts = new Map<number, number>();
  /** The longest first. */
  descending: readonly number[] = [];

  count(length: number, by: 1 | -1): void {
    const now = (this.counts.get(length) ?? 0) + by;
    if (now > 0) this.counts.set(length, now);
    else this.counts.delete(length);
    this.descending = [...this.counts.keys()].sort((a, b) => b - a);
  }

  clear(): void {
    this.counts.clear();
    this.descending = [];
  }
}
