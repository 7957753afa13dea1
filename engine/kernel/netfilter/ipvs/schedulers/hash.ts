/** The same address, the same server. Linux net/netfilter/ipvs/ip_vs_sh.c, ip_vs_dh.c. */
import type { Ipv4Header, Packet } from "../../../../net/packet.ts";
import type { Destination, Service } from "../service.ts";
import type { Scheduler, SchedulerKind } from "./scheduler.ts";

const BITS = 8;
const BUCKETS = 2 ** BITS;

/** hash_32() of linux/hash.h */
const hash32 = (value: number): number => Math.imul(value, 0x61c88647) >>> (32 - BITS);

class HashScheduler implements Scheduler {
  private buckets: readonly (Destination | undefined)[] = [];

  constructor(
    /** A server of twice the weight gets twice the buckets. */
    private readonly byWeight: boolean,
    private readonly keyOf: (service: Service, packet: Packet) => number,
  ) {}

  destinationsChanged({ destinations }: Service): void {
    this.buckets = this.byWeight ? fillByWeight(destinations) : fill(destinations);
  }

  schedule(service: Service, packet: Packet): Destination | undefined {
    const key = this.keyOf(service, packet);
    const found = this.buckets[hash32(key)];
    if (found?.isAvailable) return found;
    const { schedulerFlags } = service.settings;
    if (!this.byWeight || !schedulerFlags.includes(FALLBACK)) return undefined;
    for (let offset = 0; offset < BUCKETS; offset++) {
      const other = this.buckets[hash32(key + offset)];
      if (other?.isAvailable) return other;
    }
    return undefined;
  }
}

function fill(destinations: readonly Destination[]): (Destination | undefined)[] {
  return Array.from({ length: BUCKETS }, (_, index) => destinations[index % destinations.length]);
}

/** ip_vs_sh_reassign() */
function fillByWeight(destinations: readonly Destination[]): (Destination | undefined)[] {
  const weights = destinations.map(({ weight }) => weight);
  const divisor = weights.reduce((a, b) => gcd(a, b), 0) || 1;
  const buckets: (Destination | undefined)[] = [];
  let at = 0;
  let given = 0;
  for (let index = 0; index < BUCKETS; index++) {
    const destination = destinations[at % destinations.length];
    buckets.push(destination);
    given += 1;
    if (destination && given >= destination.weight / divisor) {
      at += 1;
      given = 0;
    }
  }
  return buckets;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** IP_VS_SVC_F_SCHED_SH_FALLBACK, IP_VS_SVC_F_SCHED_SH_PORT */
const FALLBACK = 1;
const PORT = 2;

function sourceKey({ settings }: Service, packet: Packet): number {
  const { src } = packet.ip as Ipv4Header;
  const { transport } = packet;
  if (!settings.schedulerFlags.includes(PORT)) return src;
  return src + (transport && transport.kind !== "icmp" ? transport.srcPort : 0);
}

export const sh: SchedulerKind = {
  name: "sh",
  summary: "source hashing",
  flags: ["sh-fallback", "sh-port"],
  make: () => new HashScheduler(true, sourceKey),
};

export const dh: SchedulerKind = {
  name: "dh",
  summary: "destination hashing",
  make: () => new HashScheduler(false, (_, packet) => (packet.ip as Ipv4Header).dst),
};
