import type { CableProperties } from "../../session.ts";
import { EditError } from "./command.ts";

/** Throws EditError when a value is out of range. */
export function checkCable(properties: CableProperties): void {
  const { latencyMs, bandwidthMbit, lossPercent } = properties;
  if (!(latencyMs >= 0 && latencyMs <= 60_000)) {
    throw new EditError("the latency must be from 0 to 60,000 ms");
  }
  if (!(bandwidthMbit >= 0 && bandwidthMbit <= 1_000_000)) {
    throw new EditError("the bandwidth must be from 0 (unlimited) to 1,000,000 Mbit/s");
  }
  if (!(lossPercent >= 0 && lossPercent <= 100)) {
    throw new EditError("the loss must be from 0 to 100 percent");
  }
}
