/**
 * A bridge's multicast database: which ports want which group. Linux net/bridge/br_mdb.c. Groups
 * are joined by hand and by the reports that pass, br_multicast.c. They limit no flooding: Linux
 * floods them too while it hears no querier.
 */
import {
  CHANGE_TO_INCLUDE,
  IPPROTO_IGMP,
  MODE_IS_INCLUDE,
  parseReport,
} from "../../../net/igmp.ts";
import type { Packet } from "../../../net/packet.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import { KernelError } from "../../errno.ts";
import type { MdbMessage, MdbRequest } from "../../rtnetlink/messages.ts";
import type { Bridge } from "./bridge.ts";

/** How long a membership lasts that nobody renews. RFC 3376 §8.4. */
const MEMBERSHIP_NS: Ns = 260 * SECOND;

/** How long a member has to object when another one leaves: two queries' time. RFC 3376 §8.8. */
const LAST_MEMBER_NS: Ns = 2 * SECOND;

/** 224.0.0.0/24: never snooped. RFC 4541 §2.1.2. */
export const LINK_LOCAL_GROUPS = 0xe00000;

/** A record of these types without sources wants nothing any more. */
const LEAVES: ReadonlySet<number> = new Set([MODE_IS_INCLUDE, CHANGE_TO_INCLUDE]);

interface MdbEntry {
  readonly group: MdbRequest["group"];
  readonly vlan: number;
  /** Index of the port, or of the bridge itself. */
  readonly ifindex: number;
  readonly permanent: boolean;
  expires: SimEvent | undefined;
}

type Membership = Pick<MdbRequest, "group" | "vlan">;

export class Mdb {
  /** By group, the latest first; in a group by port. */
  private entries: MdbEntry[] = [];

  constructor(private readonly bridge: Bridge) {}

  add(request: Membership & { readonly permanent: boolean }, ifindex: number): void {
    const { group, vlan = 0, permanent } = request;
    if (this.find(request, ifindex)) {
      throw new KernelError("EEXIST", "bridge: (*, G) group is already joined by port");
    }
    const entry: MdbEntry = { group, vlan, ifindex, permanent, expires: undefined };
    if (!permanent) this.lastsFor(entry, MEMBERSHIP_NS);
    const first = this.entries.findIndex((other) => isSameGroup(other, entry));
    this.entries.splice(Math.max(0, first), 0, entry);
    if (first >= 0) this.sortGroup(entry);
  }

  private lastsFor(entry: MdbEntry, duration: Ns): void {
    const { sim } = this.bridge;
    sim.cancel(entry.expires);
    entry.expires = sim.schedule(duration, () => this.remove(entry));
  }

  /** Learns from a report that a port sent, or the bridge itself; br_ip4_multicast_igmp3_report(). */
  snoop(packet: Packet, ifindex: number, vlan: number): void {
    if (packet.ip?.protocol !== IPPROTO_IGMP) return;
    for (const { type, group, sources } of parseReport(packet.payload) ?? []) {
      if (group >>> 8 === LINK_LOCAL_GROUPS) continue;
      const entry = this.find({ group, vlan }, ifindex);
      if (entry?.permanent) continue;
      if (LEAVES.has(type) && sources.length === 0) {
        const soon = this.bridge.sim.nowNs + LAST_MEMBER_NS;
        if (entry?.expires && entry.expires.atNs > soon) this.lastsFor(entry, LAST_MEMBER_NS);
      } else if (entry) this.lastsFor(entry, MEMBERSHIP_NS);
      else this.add({ group, vlan, permanent: false }, ifindex);
    }
  }

  /** The ports of a group are listed by address of their structures; by index comes closest. */
  private sortGroup(entry: MdbEntry): void {
    const members = this.entries.filter((other) => isSameGroup(other, entry));
    const at = this.entries.findIndex((other) => isSameGroup(other, entry));
    this.entries = this.entries.filter((other) => !members.includes(other));
    members.sort((one, other) => one.ifindex - other.ifindex);
    this.entries.splice(at, 0, ...members);
  }

  /** EINVAL. */
  delete(request: MdbRequest, ifindex: number): void {
    const entry = this.find(request, ifindex);
    if (!entry) throw new KernelError("EINVAL");
    this.remove(entry);
  }

  removePort(ifindex: number): void {
    for (const entry of this.entries) if (entry.ifindex === ifindex) this.remove(entry);
  }

  /** Snooping was switched off, or the bridge set down: what was learned is forgotten. */
  forgetTemporary(): void {
    for (const entry of this.entries) {
      if (!entry.permanent && entry.ifindex !== this.bridge.ifindex) this.remove(entry);
    }
  }

  private find({ group, vlan = 0 }: Membership, ifindex: number): MdbEntry | undefined {
    return this.entries.find(
      (entry) => entry.group === group && entry.vlan === vlan && entry.ifindex === ifindex,
    );
  }

  private remove(entry: MdbEntry): void {
    this.bridge.sim.cancel(entry.expires);
    this.entries = this.entries.filter((other) => other !== entry);
  }

  messages(): MdbMessage[] {
    const { sim, ifindex: bridge } = this.bridge;
    return this.entries.map(({ group, vlan, ifindex, permanent, expires }) => ({
      bridge,
      ifindex,
      group,
      ...(vlan ? { vlan } : {}),
      permanent,
      timerNs: expires ? Math.max(0, expires.atNs - sim.nowNs) : 0,
    }));
  }
}

function isSameGroup(one: MdbEntry, other: MdbEntry): boolean {
  return one.group === other.group && one.vlan === other.vlan;
}
