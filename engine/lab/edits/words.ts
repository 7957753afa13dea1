/** How commands name things in menus. */
import type { ItemRef } from "../../session.ts";

export function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Nodes have names; other things are only of a kind. */
export function describeItem(item: ItemRef): string {
  return item.kind === "node" ? item.id : item.kind;
}
