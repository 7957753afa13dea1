/** The tables of ip6tables: they are kept and shown, and no packet meets them. */
import { checkTable } from "../xtables/check.ts";
import type { TableOrder } from "../xtables/table-order.ts";
import { emptyTable, type Flavour, type Table, type TableName } from "../xtables/rule.ts";

/** Where iptables and ip6tables keep their tables. */
export interface TableStore {
  /** Names of the tables that exist, the youngest first as the kernel keeps them. */
  tableNames(flavour: Flavour): TableName[];
  /** Undefined: nobody has asked for it yet. */
  table(flavour: Flavour, name: TableName): Table | undefined;
  /** Makes the table if it is not there yet. */
  openTable(flavour: Flavour, name: TableName): Table;
  /** Throws TableRefused; then nothing has changed. */
  replaceTable(flavour: Flavour, table: Table): void;
  removeTable(flavour: Flavour, name: TableName): void;
}

export class Ipv6Tables implements TableStore {
  private readonly tables: Record<Flavour, Map<TableName, Table>> = {
    nft: new Map(),
    legacy: new Map(),
  };

  constructor(private readonly order: TableOrder) {}

  tableNames(flavour: Flavour): TableName[] {
    return [...this.tables[flavour].keys()].reverse();
  }

  table(flavour: Flavour, name: TableName): Table | undefined {
    return this.tables[flavour].get(name);
  }

  openTable(flavour: Flavour, name: TableName): Table {
    const existing = this.table(flavour, name);
    if (existing) return existing;
    const table = emptyTable(name, flavour);
    this.replaceTable(flavour, table);
    return table;
  }

  replaceTable(flavour: Flavour, table: Table): void {
    checkTable(table, flavour);
    this.tables[flavour].set(table.name, table);
    if (flavour === "nft") this.order.add("ip6", table.name);
  }

  removeTable(flavour: Flavour, name: TableName): void {
    this.tables[flavour].delete(name);
    if (flavour === "nft") this.order.remove("ip6", name);
  }
}
