/** The server with the least to do. Linux ip_vs_lc.c, ip_vs_wlc.c, ip_vs_sed.c, ip_vs_nq.c. */
import type { Destination, Service } from "../service.ts";
import type { Scheduler, SchedulerKind } from "./scheduler.ts";

/** An active connection costs as much as 256 inactive ones; ip_vs_dest_conn_overhead(). */
const overhead = ({ activeConnections, inactiveConnections }: Destination): number =>
  activeConnections * 256 + inactiveConnections;

/** How long the next connection would take here. */
const expectedDelay = ({ activeConnections }: Destination): number => activeConnections + 1;

/** The first of the least ones. */
function leastBy(
  { destinations }: Service,
  cost: (destination: Destination) => number,
  isWeighted: boolean,
): Destination | undefined {
  let least: Destination | undefined;
  let leastCost = 0;
  for (const candidate of destinations) {
    if (!candidate.isAvailable) continue;
    const own = cost(candidate);
    const isLess = isWeighted
      ? least && leastCost * candidate.weight > own * least.weight
      : own < leastCost;
    if (least && !isLess) continue;
    least = candidate;
    leastCost = own;
  }
  return least;
}

const kind = (
  name: string,
  summary: string,
  schedule: (service: Service) => Destination | undefined,
): SchedulerKind => ({ name, summary, make: (): Scheduler => ({ schedule }) });

export const lc = kind("lc", "least connections", (service) => leastBy(service, overhead, false));

export const wlc = kind("wlc", "weighted least connections", (service) =>
  leastBy(service, overhead, true),
);

export const sed = kind("sed", "shortest expected delay", (service) =>
  leastBy(service, expectedDelay, true),
);

export const nq = kind(
  "nq",
  "an idle server, else the shortest expected delay",
  (service) =>
    service.destinations.find((one) => one.isAvailable && one.activeConnections === 0) ??
    leastBy(service, expectedDelay, true),
);
