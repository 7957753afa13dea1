import type { NodeKind, TemplateInfo } from "../../engine/session.ts";

export type LabPreview = NonNullable<TemplateInfo["preview"]>;

/** A drawing for a template of which only the size is known: a switch with the others around it. */
export function previewOf(nodes: number): LabPreview {
  const others = Math.max(nodes - 1, 1);
  const around = Array.from({ length: others }, (_, i) => {
    const angle = Math.PI + (Math.PI * 2 * i) / others;
    return { kind: "host" as NodeKind, at: { x: Math.cos(angle) * 200, y: Math.sin(angle) * 90 } };
  });
  return {
    nodes: [{ kind: "switch", at: { x: 0, y: 0 } }, ...around],
    cables: around.map((_, i) => [0, i + 1] as const),
  };
}

/** Scales places into a box of this size, keeping their proportions, and centres them. */
export function fitInto(
  points: readonly { readonly x: number; readonly y: number }[],
  width: number,
  height: number,
  margin: number,
): readonly { readonly x: number; readonly y: number }[] {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (width - 2 * margin) / Math.max(right - left, 1),
    (height - 2 * margin) / Math.max(bottom - top, 1),
    0.35,
  );
  return points.map(({ x, y }) => ({
    x: width / 2 + (x - (left + right) / 2) * scale,
    y: height / 2 + (y - (top + bottom) / 2) * scale,
  }));
}
