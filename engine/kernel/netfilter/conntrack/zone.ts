/** Zones keep connections apart that have the same addresses. Linux net/netfilter/nf_conntrack. */
import type { ConntrackZone } from "../../../net/packet.ts";
import type { Direction } from "./entry.ts";

/** nf_ct_zone_id() */
export function zoneIn(zone: ConntrackZone | undefined, direction: Direction): number {
  if (!zone) return 0;
  if (zone.side === "zone") return zone.id;
  return (zone.side === "zone-orig") === (direction === "original") ? zone.id : 0;
}
