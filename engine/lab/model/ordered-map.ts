/** A map whose entries have places: what was taken out can be put back where it was. */
export class OrderedMap<K, V> {
  private map = new Map<K, V>();

  get size(): number {
    return this.map.size;
  }

  get(key: K): V | undefined {
    return this.map.get(key);
  }

  has(key: K): boolean {
    return this.map.has(key);
  }

  keys(): IterableIterator<K> {
    return this.map.keys();
  }

  values(): IterableIterator<V> {
    return this.map.values();
  }

  entries(): IterableIterator<[K, V]> {
    return this.map.entries();
  }

  /** At the end, or with `index` entries before it. */
  insert(key: K, value: V, index = this.map.size): void {
    if (index >= this.map.size) {
      this.map.set(key, value);
      return;
    }
    const before = [...this.map];
    this.map = new Map([...before.slice(0, index), [key, value], ...before.slice(index)]);
  }

  delete(key: K): boolean {
    return this.map.delete(key);
  }

  /** Gives an entry another key in the same place. */
  rename(key: K, to: K): void {
    this.map = new Map(
      [...this.map].map(([each, value]) => [each === key ? to : each, value] as const),
    );
  }
}
