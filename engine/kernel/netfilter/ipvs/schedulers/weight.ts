/** By weight alone. Linux net/netfilter/ipvs/ip_vs_fo.c, ip_vs_ovf.c. */
import type { Destination, Service } from "../service.ts";
import type { Scheduler, SchedulerKind } from "./scheduler.ts";

function heaviest(
  { destinations }: Service,
  takes: (destination: Destination) => boolean,
): Destination | undefined {
  let found: Destination | undefined;
  for (const candidate of destinations) {
    if (!candidate.isAvailable || !takes(candidate)) continue;
    if (!found || candidate.weight > found.weight) found = candidate;
  }
  return found;
}

const kind = (
  name: string,
  summary: string,
  takes: (destination: Destination) => boolean,
): SchedulerKind => ({
  name,
  summary,
  make: (): Scheduler => ({ schedule: (service) => heaviest(service, takes) }),
});

export const fo = kind("fo", "weighted failover", () => true);

export const ovf = kind(
  "ovf",
  "weighted overflow: the heaviest that has fewer active connections than its weight",
  ({ activeConnections, weight }) => activeConnections < weight,
);
