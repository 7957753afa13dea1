import type { ItemRef, Point } from "../../engine/session.ts";
import { MACHINE_SIZE, type Size } from "../kinds/kind.ts";
import { machineSize } from "../kinds/machine-size.ts";
import type { App } from "../state/app.svelte.ts";
import { GRID } from "../state/canvas.svelte.ts";
import { placesOf } from "./flow.ts";
import { boundsOf } from "./geometry.ts";
import { layout, notesAside } from "./layout.ts";

/** Lays the nodes out anew: the selected ones when there are several, else all. */
export async function tidy(app: App): Promise<void> {
  const { canvas, files, lab, selection } = app;
  const several = selection.nodes.length > 1;
  const chosen = new Set(several ? selection.nodes : lab.nodes.keys());
  const nodes = lab.view.nodes.filter(({ name }) => chosen.has(name));
  const groups = several ? [] : lab.view.groups;
  files.busy = "Tidying the layout";
  try {
    const found = await layout(nodes, lab.view.cables, groups);
    const sizeOf = ({ kind, id }: ItemRef): Size => {
      const machine = lab.nodes.get(id);
      if (kind === "node") return machine ? machineSize(machine) : MACHINE_SIZE;
      return found.groups.get(id) ?? MACHINE_SIZE;
    };
    const shift = shiftOf(
      nodes.map(({ at }) => at),
      [...found.nodes.values()],
    );
    const put = (item: ItemRef, { x, y }: Point) => ({
      item,
      at: { x: snap(x + shift.x), y: snap(y + shift.y) },
    });
    const positions = [
      ...[...found.groups].map(([id, box]) => put({ kind: "group", id }, box)),
      ...[...found.nodes].map(([id, at]) => put({ kind: "node", id }, at)),
    ];
    const laidOut = positions.map(({ item, at }) => ({ position: at, ...sizeOf(item) }));
    if (!several) {
      for (const [id, at] of notesAside(lab.view.notes, boundsOf(laidOut))) {
        positions.push({ item: { kind: "note", id }, at: { x: snap(at.x), y: snap(at.y) } });
      }
    }
    canvas.place(placesOf(positions));
    await canvas.apply({ kind: "move", positions });
    for (const [group, { width, height }] of found.groups) {
      await canvas.apply({ kind: "edit-group", group, size: { width, height } });
    }
    canvas.viewport?.fit();
  } finally {
    files.busy = undefined;
  }
}

/** Keeps the top left corner of the drawing where it was. */
function shiftOf(before: readonly Point[], after: readonly Point[]): Point {
  const least = (points: readonly Point[], axis: "x" | "y") =>
    Math.min(...points.map((point) => point[axis]));
  return {
    x: least(before, "x") - least(after, "x"),
    y: least(before, "y") - least(after, "y"),
  };
}

function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}
