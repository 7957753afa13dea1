/** The address list of `-m recent`. Linux net/netfilter/xt_recent.c. */
import { formatIpv4, type Ipv4 } from "../../../net/address.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { NamedState } from "../xtables/named-states.ts";

/** ip_list_tot */
const MAX_ENTRIES = 100;
/** ip_pkt_list_tot, rounded up to a power of two. */
const MIN_STAMPS = 32;
/** INITIAL_JIFFIES of a 250 Hz kernel: five minutes before the counter wraps. */
const FIRST_JIFFIES = 4_294_892_296;
const NS_PER_JIFFY = 4_000_000;

export interface RecentEntry {
  ttl: number;
  lastNs: Ns;
  /** Where the next stamp goes. */
  index: number;
  /** A ring: the oldest is overwritten. */
  readonly stampsNs: Ns[];
}

export class RecentList implements NamedState {
  private readonly entries = new Map<Ipv4, RecentEntry>();
  private readonly maxStamps: number;

  constructor(hits: number) {
    this.maxStamps = Math.max(MIN_STAMPS, 2 ** Math.ceil(Math.log2(Math.max(1, hits))));
  }

  get(address: Ipv4): RecentEntry | undefined {
    return this.entries.get(address);
  }

  delete(address: Ipv4): void {
    this.entries.delete(address);
  }

  stamp(address: Ipv4, ttl: number, nowNs: Ns): void {
    let entry = this.entries.get(address);
    if (!entry) {
      const [oldest] = this.entries.keys();
      if (this.entries.size >= MAX_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
      entry = { ttl, lastNs: nowNs, index: 0, stampsNs: [] };
    }
    // The last one seen is the last to be forgotten.
    this.entries.delete(address);
    this.entries.set(address, entry);
    entry.ttl = ttl;
    entry.lastNs = nowNs;
    entry.stampsNs[entry.index] = nowNs;
    entry.index = (entry.index + 1) % this.maxStamps;
  }

  /** The longest unseen goes, if it is older. */
  reap(beforeNs: Ns): void {
    const [first] = this.entries;
    if (first && first[1].lastNs < beforeNs) this.entries.delete(first[0]);
  }

  print(): string {
    const jiffies = (ns: Ns): number => FIRST_JIFFIES + Math.floor(ns / NS_PER_JIFFY);
    return [...this.entries]
      .map(([address, { ttl, lastNs, index, stampsNs }]) => {
        const stamps = stampsNs.map(jiffies).join(", ");
        return `src=${formatIpv4(address)} ttl: ${ttl} last_seen: ${jiffies(lastNs)} oldest_pkt: ${index} ${stamps}\n`;
      })
      .join("");
  }
}
