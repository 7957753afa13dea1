import type { ItemRef } from "../../engine/session.ts";

/** The chosen items of the drawing. The canvas keeps it in step with what it shows. */
export class Selection {
  items = $state.raw<readonly ItemRef[]>([]);

  readonly nodes: readonly string[] = $derived(idsOf(this.items, "node"));
  readonly cables: readonly string[] = $derived(idsOf(this.items, "cable"));
  readonly notes: readonly string[] = $derived(idsOf(this.items, "note"));
  readonly groups: readonly string[] = $derived(idsOf(this.items, "group"));

  readonly empty: boolean = $derived(this.items.length === 0);
  /** The one chosen node, when nothing but it (and perhaps cables) is chosen. */
  readonly onlyNode: string | undefined = $derived(
    this.nodes.length === 1 && this.notes.length + this.groups.length === 0
      ? this.nodes[0]
      : undefined,
  );
  readonly onlyCable: string | undefined = $derived(
    this.cables.length === 1 && this.items.length === 1 ? this.cables[0] : undefined,
  );
}

function idsOf(items: readonly ItemRef[], kind: ItemRef["kind"]): readonly string[] {
  return items.filter((item) => item.kind === kind).map((item) => item.id);
}
