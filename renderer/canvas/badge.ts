import type { CableProperties } from "../../engine/session.ts";

/** What a cable does to packets, in few letters: `20 ms · 100 Mbit/s · 5 %`; empty for a plain one. */
export function cableBadge(cable: CableProperties): string {
  const parts: string[] = [];
  if (cable.latencyMs > 0) parts.push(`${trim(cable.latencyMs)} ms`);
  if (cable.bandwidthMbit > 0) parts.push(bandwidth(cable.bandwidthMbit));
  if (cable.lossPercent > 0) parts.push(`${trim(cable.lossPercent)} % loss`);
  return parts.join(" · ");
}

function bandwidth(mbit: number): string {
  if (mbit >= 1000) return `${trim(mbit / 1000)} Gbit/s`;
  return mbit < 1 ? `${trim(mbit * 1000)} kbit/s` : `${trim(mbit)} Mbit/s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(2)));
}
