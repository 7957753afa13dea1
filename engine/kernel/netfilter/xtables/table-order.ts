/** In which order nf_tables got its tables, those of all families in one list. Linux struct nftables_pernet. */

export type TableFamily = "ip" | "ip6" | "arp" | "bridge";

export interface TableKey {
  readonly family: TableFamily;
  readonly name: string;
}

export class TableOrder {
  private readonly keys: TableKey[] = [];

  /** The oldest first. */
  list(): readonly TableKey[] {
    return this.keys;
  }

  /** A table that is there keeps its place. */
  add(family: TableFamily, name: string): void {
    if (this.find(family, name) < 0) this.keys.push({ family, name });
  }

  remove(family: TableFamily, name: string): void {
    const at = this.find(family, name);
    if (at >= 0) this.keys.splice(at, 1);
  }

  private find(family: TableFamily, name: string): number {
    return this.keys.findIndex((key) => key.family === family && key.name === name);
  }
}
