/**
 * The IPv4 groups that a device has joined, and the reports that tell the link of them. Linux
 * net/ipv4/igmp.c, as a version 3 host that hears no queries.
 */
import { IPV4_ANY, multicastMac, type Ipv4 } from "../../net/address.ts";
import {
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  IPPROTO_IGMP,
  writeReport,
  type GroupRecord,
} from "../../net/igmp.ts";
import { Packet } from "../../net/packet.ts";
import { MILLISECOND, type Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import { outputRouted } from "./output.ts";
import { outputFlow, routeOutput } from "./route-output.ts";

/** 224.0.0.1: every host of the link, of which nobody is told. RFC 1112 §4. */
const ALL_HOSTS = 0xe0000001 as Ipv4;

/** 224.0.0.22: every router that speaks version 3. RFC 3376 §4.2.14. */
const ALL_V3_ROUTERS = 0xe0000016 as Ipv4;

/** 224.0.0.0/24, of which `igmp_link_local_mcast_reports` may say nothing is told. */
const LINK_LOCAL_GROUPS = 0xe00000;

/** Router alert, RFC 2113. */
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);

/** Precedence "internetwork control". */
const REPORT_TOS = 0xc0;

/** Two ticks of a 250 Hz kernel, by which every timer runs longer; igmp_ifc_start_timer(). */
const LEAST_DELAY: Ns = 8 * MILLISECOND;

interface Membership {
  users: number;
  /** Reports of the change that are still to be sent: `crcount`. */
  reportsLeft: number;
}

export class Memberships {
  /** The latest joined last. */
  private readonly groups = new Map<Ipv4, Membership>();
  /** Groups that were left, with the reports still to be sent. */
  private readonly left = new Map<Ipv4, number>();
  /** `mr_ifc_count` */
  private roundsLeft = 0;
  private timer: SimEvent | undefined;

  constructor(private readonly device: NetDevice) {}

  has(group: Ipv4): boolean {
    return this.groups.has(group);
  }

  /** With the number of their users, the latest joined first. */
  list(): { readonly group: Ipv4; readonly users: number }[] {
    return Array.from(this.groups, ([group, { users }]) => ({ group, users })).reverse();
  }

  /** ip_mc_inc_group() */
  join(group: Ipv4): void {
    const known = this.groups.get(group);
    if (known) {
      known.users += 1;
      return;
    }
    const membership = { users: 1, reportsLeft: 0 };
    this.groups.set(group, membership);
    this.left.delete(group);
    // While the device is down it hears nothing, and says nothing.
    if (this.device.up) this.added(group, membership);
  }

  /** ip_mc_dec_group() */
  leave(group: Ipv4): void {
    const membership = this.groups.get(group);
    if (!membership) return;
    membership.users -= 1;
    if (membership.users > 0) return;
    this.groups.delete(group);
    this.device.leaveGroup(multicastMac(group));
    if (!this.device.up || !this.isReported(group)) return;
    this.left.set(group, this.robustness);
    this.startRounds();
  }

  /** ip_mc_up() */
  deviceUp(): void {
    this.join(ALL_HOSTS);
    for (const [group, membership] of this.groups) this.added(group, membership);
  }

  /** ip_mc_down() */
  deviceDown(): void {
    for (const group of this.groups.keys()) this.device.leaveGroup(multicastMac(group));
    this.leave(ALL_HOSTS);
    this.left.clear();
    this.roundsLeft = 0;
    this.device.netns.sim.cancel(this.timer);
    this.timer = undefined;
  }

  /** igmp_group_added() */
  private added(group: Ipv4, membership: Membership): void {
    if (this.device.type === "ether") this.device.joinGroup(multicastMac(group));
    if (!this.isReported(group)) return;
    membership.reportsLeft = this.robustness;
    this.startRounds();
  }

  private isReported(group: Ipv4): boolean {
    if (group === ALL_HOSTS) return false;
    const { sysctl } = this.device.netns;
    const isLinkLocal = group >>> 8 === LINK_LOCAL_GROUPS;
    return !isLinkLocal || sysctl.number("ipv4/igmp_link_local_mcast_reports") !== 0;
  }

  private get robustness(): number {
    return this.device.netns.sysctl.number("ipv4/igmp_qrv");
  }

  /** igmp_ifc_event() */
  private startRounds(): void {
    this.roundsLeft = this.robustness;
    this.schedule(0);
  }

  private schedule(delay: Ns): void {
    const { sim } = this.device.netns;
    sim.cancel(this.timer);
    this.timer = sim.schedule(delay + LEAST_DELAY, () => this.round());
  }

  /** igmp_ifc_timer_expire() */
  private round(): void {
    this.timer = undefined;
    this.sendChanges();
    if (this.roundsLeft === 0) return;
    this.roundsLeft -= 1;
    const intervalMs = this.device.ipv4.conf.igmpv3_unsolicited_report_interval;
    this.schedule(this.device.netns.random.below(Math.max(1, intervalMs)) * MILLISECOND);
  }

  /** igmpv3_send_cr() */
  private sendChanges(): void {
    const records: GroupRecord[] = [];
    for (const [group, reportsLeft] of [...this.left].reverse()) {
      records.push({ type: CHANGE_TO_INCLUDE, group, sources: [] });
      if (reportsLeft > 1) this.left.set(group, reportsLeft - 1);
      else this.left.delete(group);
    }
    for (const [group, membership] of [...this.groups].reverse()) {
      if (membership.reportsLeft === 0) continue;
      membership.reportsLeft -= 1;
      records.push({ type: CHANGE_TO_EXCLUDE, group, sources: [] });
    }
    if (records.length > 0) this.send(records);
  }

  /** From an address of the device, or from none if it has none; igmpv3_newpack(). */
  private send(records: readonly GroupRecord[]): void {
    const { device } = this;
    const { netns } = device;
    const wanted = { src: IPV4_ANY, dst: ALL_V3_ROUTERS, protocol: IPPROTO_IGMP };
    try {
      const route = routeOutput(netns, outputFlow(netns, { ...wanted, oif: device.ifindex }));
      const own = device.ipv4.addresses.some(({ address }) => address === route.source);
      const packet = new Packet();
      packet.ip = {
        tos: REPORT_TOS,
        id: 0,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: 1,
        protocol: IPPROTO_IGMP,
        src: own ? route.source : IPV4_ANY,
        dst: ALL_V3_ROUTERS,
        options: ROUTER_ALERT,
      };
      packet.payload = writeReport(records);
      outputRouted(netns, packet, route);
    } catch (error) {
      // A firewall rule refused it, and nobody is there to be told.
      if (!(error instanceof KernelError)) throw error;
    }
  }
}
