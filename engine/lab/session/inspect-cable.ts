import type { CableInspection } from "../../session.ts";
import type { LabCable } from "../model/lab-cable.ts";

export function inspectCable(cable: LabCable): CableInspection {
  const direction = (from: 0 | 1): CableInspection["directions"][number] => {
    const { frames, bytes, lost, dropped } = cable.wire.statistics(from);
    return {
      from: cable.endRef(from),
      to: cable.endRef(from === 0 ? 1 : 0),
      frames,
      bytes,
      lost: lost + dropped,
      queued: cable.wire.inFlight(from),
    };
  };
  return { id: cable.id, directions: [direction(0), direction(1)] };
}
