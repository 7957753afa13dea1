import type { CableView } from "../../engine/session.ts";

/**
 * Cables between the same two nodes lie side by side: the lane of each, counted from the middle
 * (`-0.5` and `0.5` for two cables, `-1`, `0`, `1` for three). Positive is to the right of the way
 * from the end whose name sorts first.
 */
export function lanesOf(cables: readonly CableView[]): ReadonlyMap<string, number> {
  const bundles = new Map<string, CableView[]>();
  for (const cable of cables) {
    const key = cable.ends
      .map(({ node }) => node)
      .sort()
      .join("\n");
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, [cable]);
    else bundle.push(cable);
  }
  const lanes = new Map<string, number>();
  for (const bundle of bundles.values()) {
    bundle.forEach((cable, i) => {
      const lane = i - (bundle.length - 1) / 2;
      const [a, b] = cable.ends;
      lanes.set(cable.id, a.node <= b.node ? lane : -lane);
    });
  }
  return lanes;
}
