/** How often this machine complains. Linux icmp_global_allow(), inet_peer_xrlim_allow(), ip_error(). */
import type { Ipv4 } from "../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  type IcmpHeader,
} from "../../net/packet.ts";
import { MILLISECOND, SECOND, type Ns } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";

/** What is remembered about one address, Linux struct inet_peer. */
interface Peer {
  tokensNs: Ns;
  lastNs: Ns;
  redirects: number;
}

type IcmpKind = Pick<IcmpHeader, "type" | "code">;

/** A peer may have this many intervals' worth of messages at once. XRLIM_BURST_FACTOR */
const BURST = 6;

/** The limits count in ticks of the kernel's clock, HZ 250. */
const JIFFY_NS: Ns = 4 * MILLISECOND;

/** Tokens of a peer that was not heard of for long. */
const FULL_NS: Ns = 60 * SECOND;

/** Addresses remembered; the oldest are forgotten. net.ipv4.inet_peer_threshold */
const MAX_PEERS = 4096;

/** The global bucket is filled up at most this often. */
const GLOBAL_INTERVAL_NS: Ns = 20 * MILLISECOND;

export class RateLimits {
  private readonly peers = new Map<number, Peer>();
  private globalCredit = 0;
  private globalFilledNs: Ns = -SECOND;

  constructor(private readonly netns: NetNamespace) {}

  private peer(address: Ipv4): Peer {
    const key = address | 0;
    let peer = this.peers.get(key);
    if (!peer) {
      if (this.peers.size >= MAX_PEERS) this.peers.delete(this.peers.keys().next().value as number);
      peer = { tokensNs: 0, lastNs: this.jiffiesNs - FULL_NS, redirects: 0 };
      this.peers.set(key, peer);
    }
    return peer;
  }

  /** Whether an ICMP message may go to the address by the device; icmpv4_mask_allow(). */
  allowsIcmp({ type, code }: IcmpKind, to: Ipv4, device: NetDevice): boolean {
    const { sysctl, snmp } = this.netns;
    const isLimited = ((sysctl.number("ipv4/icmp_ratemask") >>> type) & 1) === 1;
    // Path MTU discovery is never held up.
    const isTooBig = type === ICMP_DEST_UNREACHABLE && code === ICMP_FRAGMENTATION_NEEDED;
    if (!isLimited || isTooBig || device.isLoopback) return true;
    if (!this.globalAllows()) {
      snmp.icmp.OutRateLimitGlobal += 1;
      return false;
    }
    const intervalNs = sysctl.number("ipv4/icmp_ratelimit") * MILLISECOND;
    if (!this.takeForIcmp(this.peer(to), intervalNs)) {
      snmp.icmp.OutRateLimitHost += 1;
      return false;
    }
    this.globalCredit -= 1;
    return true;
  }

  private globalAllows(): boolean {
    if (this.globalCredit > 0) return true;
    const { sysctl, sim } = this.netns;
    const elapsedNs = Math.min(sim.nowNs - this.globalFilledNs, SECOND);
    if (elapsedNs < GLOBAL_INTERVAL_NS) return false;
    this.globalFilledNs = sim.nowNs;
    const perSecond = sysctl.number("ipv4/icmp_msgs_per_sec");
    const burst = sysctl.number("ipv4/icmp_msgs_burst");
    const filled = this.globalCredit + Math.floor((perSecond * elapsedNs) / SECOND);
    this.globalCredit = Math.min(filled, burst);
    return this.globalCredit > 0;
  }

  private get jiffiesNs(): Ns {
    const { nowNs } = this.netns.sim;
    return nowNs - (nowNs % JIFFY_NS);
  }

  /** A sysctl whose unit is the tick. */
  private jiffies(path: string): Ns {
    return this.netns.sysctl.number(path) * JIFFY_NS;
  }

  /** inet_peer_xrlim_allow(); the tokens are only cut back when time has passed. */
  private takeForIcmp(peer: Peer, costNs: Ns): boolean {
    const now = this.jiffiesNs;
    if (now > peer.lastNs) {
      peer.tokensNs = Math.min(BURST * costNs, peer.tokensNs + now - peer.lastNs);
      peer.lastNs = now;
    }
    if (peer.tokensNs < costNs) return false;
    peer.tokensNs -= costNs;
    return true;
  }

  /** Whether a sender is told that there is no route. The tokens are those of ICMP. */
  allowsNoRoute(from: Ipv4): boolean {
    const peer = this.peer(from);
    const now = this.jiffiesNs;
    const costNs = this.jiffies("ipv4/route/error_cost");
    const burstNs = this.jiffies("ipv4/route/error_burst");
    peer.tokensNs = Math.min(burstNs, peer.tokensNs + now - peer.lastNs);
    peer.lastNs = now;
    if (peer.tokensNs < costNs) return false;
    peer.tokensNs -= costNs;
    return true;
  }

  /** Whether a sender is told of a better router: ever less often, then no more. */
  allowsRedirect(to: Ipv4): boolean {
    const peer = this.peer(to);
    const now = this.jiffiesNs;
    if (now > peer.lastNs + this.jiffies("ipv4/route/redirect_silence")) {
      peer.tokensNs = 0;
      peer.redirects = 0;
    }
    if (peer.redirects >= this.netns.sysctl.number("ipv4/route/redirect_number")) {
      peer.lastNs = now;
      return false;
    }
    const waitNs = this.jiffies("ipv4/route/redirect_load") * 2 ** peer.redirects;
    if (peer.redirects > 0 && now <= peer.lastNs + waitNs) return false;
    peer.lastNs = now;
    peer.redirects += 1;
    return true;
  }
}
