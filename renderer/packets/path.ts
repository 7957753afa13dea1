import type { Journey, NodeView } from "../../engine/session.ts";

/** The part of the drawing that a packet has seen. */
export interface JourneyPath {
  readonly machines: ReadonlySet<string>;
  /** Ids. */
  readonly cables: ReadonlySet<string>;
  /** The machine on which it, or a copy of it, was dropped; a packet that was delivered did not die. */
  readonly diedOn: string | undefined;
}

/** A cable was taken when the frame left by one of its ends and came in by the other. */
export function journeyPath(
  { steps, fate }: Journey,
  nodes: ReadonlyMap<string, NodeView>,
): JourneyPath {
  const machines = new Set<string>();
  const cables = new Set<string>();
  const left = new Set<string>();
  for (const step of steps) {
    const { machine } = step.place;
    machines.add(machine);
    if (step.kind !== "in" && step.kind !== "out") continue;
    const nic = nodes.get(machine)?.interfaces.find(({ name }) => name === step.device);
    if (nic?.cable === undefined) continue;
    if (step.kind === "out") left.add(nic.cable);
    else if (left.has(nic.cable)) cables.add(nic.cable);
  }
  const drop = fate === "dropped" ? steps.findLast(({ kind }) => kind === "drop") : undefined;
  return { machines, cables, diedOn: drop?.place.machine };
}
