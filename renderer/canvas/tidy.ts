import type { Point } from "../../engine/session.ts";
import type { App } from "../state/app.svelte.ts";
import { GRID } from "../state/canvas.svelte.ts";
import { flowId } from "./flow.ts";
import { layout } from "./layout.ts";

/** Lays the nodes out anew: the selected ones when there are several, else all. */
export async function tidy(app: App): Promise<void> {
  const { canvas, files, lab, selection } = app;
  const chosen = new Set(selection.nodes.length > 1 ? selection.nodes : [...lab.nodes.keys()]);
  const nodes = lab.view.nodes.filter(({ name }) => chosen.has(name));
  files.busy = "Tidying the layout";
  try {
    const places = await layout(nodes, lab.view.cables);
    const shift = shiftOf(
      nodes.map(({ at }) => at),
      [...places.values()],
    );
    const positions = nodes.flatMap(({ name }) => {
      const place = places.get(name);
      if (place === undefined) return [];
      const at = { x: snap(place.x + shift.x), y: snap(place.y + shift.y) };
      return [{ item: { kind: "node", id: name } as const, at }];
    });
    canvas.place(new Map(positions.map(({ item, at }) => [flowId(item), at])));
    await canvas.apply({ kind: "move", positions });
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
