/** The address lists of `-m recent`. Linux net/netfilter/xt_recent.c. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import type { Ns } from "../../sim/clock.ts";

/** ip_list_tot */
const MAX_ENTRIES = 100;
/** ip_pkt_list_tot, rounded up as the kernel does. */
const MAX_STAMPS = 20;
/** INITIAL_JIFFIES of a 250 Hz kernel: five minutes before the counter wraps. */
const FIRST_JIFFIES = 4_294_892_296;
const NS_PER_JIFFY = 4_000_000;

interface RecentEntry {
  ttl: number;
  readonly stampsNs: Ns[];
}

export class RecentLists {
  private readonly lists = new Map<string, Map<Ipv4, RecentEntry>>();

  constructor(private readonly netns: NetNamespace) {}

  open(name: string): Map<Ipv4, RecentEntry> {
    let list = this.lists.get(name);
    if (!list) {
      list = new Map();
      this.lists.set(name, list);
      this.netns.procNet.set(`xt_recent/${name}`, () => this.print(name));
    }
    return list;
  }

  stamp(name: string, address: Ipv4, ttl: number, nowNs: Ns): void {
    const list = this.open(name);
    let entry = list.get(address);
    if (!entry) {
      const [oldest] = list.keys();
      if (list.size >= MAX_ENTRIES && oldest !== undefined) list.delete(oldest);
      entry = { ttl, stampsNs: [] };
    }
    list.delete(address);
    list.set(address, entry);
    entry.ttl = ttl;
    entry.stampsNs.push(nowNs);
    if (entry.stampsNs.length > MAX_STAMPS) entry.stampsNs.shift();
  }

  /** /proc/net/xt_recent/NAME */
  private print(name: string): string {
    return [...this.open(name)]
      .map(([address, { ttl, stampsNs }]) => {
        const stamps = stampsNs.map((ns) => FIRST_JIFFIES + Math.floor(ns / NS_PER_JIFFY));
        const last = stamps.at(-1) ?? 0;
        return `src=${formatIpv4(address)} ttl: ${ttl} last_seen: ${last} oldest_pkt: ${stamps.length % MAX_STAMPS} ${stamps.join(", ")}\n`;
      })
      .join("");
  }
}
