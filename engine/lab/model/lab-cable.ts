import { Cable } from "../../kernel/device/cable.ts";
import type { CableEnd, CableProperties } from "../../session.ts";
import { milliseconds } from "../../sim/clock.ts";
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { CableFile } from "../file/schema.ts";
import type { LabCard } from "./lab-card.ts";

export const DEFAULT_CABLE: CableProperties = {
  latencyMs: 0,
  bandwidthMbit: 0,
  lossPercent: 0,
  cut: false,
};

/** A cable as drawn, and the emulated one. */
export class LabCable {
  readonly wire: Cable;
  private current: CableProperties = DEFAULT_CABLE;

  constructor(
    sim: Simulation,
    random: Random,
    readonly id: string,
    readonly ends: readonly [LabCard, LabCard],
    properties: CableProperties,
  ) {
    this.wire = new Cable(sim, random);
    this.configure(properties);
    this.plugIn(0);
    this.plugIn(1);
  }

  get properties(): CableProperties {
    return this.current;
  }

  configure(properties: CableProperties): void {
    this.current = properties;
    this.wire.configure({
      latencyNs: milliseconds(properties.latencyMs),
      bandwidthBps: properties.bandwidthMbit * 1e6,
      loss: properties.lossPercent / 100,
      cut: properties.cut,
    });
  }

  /** The node at that end has been switched on, or the cable has just been made. */
  plugIn(end: 0 | 1): void {
    const { nic } = this.ends[end];
    if (nic) this.wire.plug(end, nic);
  }

  unplug(end: 0 | 1): void {
    if (this.wire.end(end)) this.wire.unplug(end);
  }

  endRef(end: 0 | 1): CableEnd {
    const card = this.ends[end];
    return { node: card.node.name, interface: card.label };
  }

  file(): CableFile {
    const [one, two] = this.ends;
    return {
      ends: [`${one.node.name}:${one.label}`, `${two.node.name}:${two.label}`],
      ...this.current,
    };
  }
}

export function propertiesOf(file: CableFile): CableProperties {
  return {
    latencyMs: file.latencyMs ?? 0,
    bandwidthMbit: file.bandwidthMbit ?? 0,
    lossPercent: file.lossPercent ?? 0,
    cut: file.cut ?? false,
  };
}
