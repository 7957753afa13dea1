/** IPv4 within IPv4, RFC 2003. Linux net/ipv4/ipip.c. */
import { IPV4_ANY, MAC_ZERO, type Ipv4 } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import { IPPROTO_IPIP, Packet } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

const OUTER_HEADER_BYTES = 20;

export interface IpipSettings {
  readonly local: Ipv4;
  readonly remote: Ipv4;
  /** 0: the inner packet's. */
  readonly ttl: number;
}

class Ipip extends NetDevice {
  override readonly kind = "ipip";
  override readonly type = "ipip";
  override readonly hasBroadcast = false;
  override readonly isPointToPoint = true;
  override noArp = true;
  override multicast = false;
  override mtu = 1500 - OUTER_HEADER_BYTES;

  constructor(
    name: string,
    readonly settings: IpipSettings,
    private readonly underlay: NetNamespace,
  ) {
    super(name, MAC_ZERO);
  }

  protected override opened(): void {
    this.underlay.ip.ipipTunnels.add(this);
  }

  protected override closed(): void {
    this.underlay.ip.ipipTunnels.delete(this);
  }

  /** ip_tunnel_xmit() */
  protected override xmit(inner: Packet): void {
    const { local, remote, ttl } = this.settings;
    const header = inner.ip;
    if (!header || remote === IPV4_ANY) {
      this.statistics.txErrors += 1;
      return;
    }
    const outer = new Packet();
    outer.mark = inner.mark;
    outer.encapsulated = inner;
    outer.journey = inner.journey;
    try {
      const route = { src: local, dst: remote, protocol: IPPROTO_IPIP };
      outer.ip = {
        tos: 0,
        id: 0,
        dontFragment: header.dontFragment,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: ttl || header.ttl,
        protocol: IPPROTO_IPIP,
        src: this.underlay.ip.routeOutput(route).src,
        dst: remote,
      };
      this.countSent(inner);
      this.underlay.ip.sendLocal(outer);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.statistics.txErrors += 1;
      this.statistics.txCarrierErrors += 1;
    }
  }

  /** True if the packet was for this tunnel; ipip_rcv(). */
  decapsulate(outer: Packet): boolean {
    const { local, remote } = this.settings;
    const inner = outer.encapsulated;
    if (!outer.ip || !inner) return false;
    if (remote !== IPV4_ANY && outer.ip.src !== remote) return false;
    if (local !== IPV4_ANY && outer.ip.dst !== local) return false;
    const packet = inner.clone();
    packet.ether = undefined;
    this.countReceived(packet);
    this.receive(packet);
    return true;
  }

  protected override countSent(packet: Packet): void {
    this.statistics.txPackets += 1;
    this.statistics.txBytes += networkLength(packet);
  }

  protected override countReceived(packet: Packet): void {
    this.statistics.rxPackets += 1;
    this.statistics.rxBytes += networkLength(packet);
  }

  override kindData(): LinkKindData {
    const { local, remote } = this.settings;
    return { kind: "ipip", local, remote };
  }
}

export const ipipKind: DeviceKind = {
  name: "ipip",
  defaultPrefix: "tunl",
  create({ netns, name, request }) {
    const { local = IPV4_ANY, remote = IPV4_ANY, ttl = 0 } = request.tunnel ?? {};
    const rival = netns
      .devices()
      .some(
        (device) =>
          device instanceof Ipip &&
          device.settings.local === local &&
          device.settings.remote === remote,
      );
    if (rival) throw new KernelError("EEXIST");
    const device = new Ipip(name, { local, remote, ttl }, netns);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    return device;
  },
};
