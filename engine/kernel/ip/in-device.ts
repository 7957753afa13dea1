/** The IPv4 side of a device, Linux struct in_device. */
import { networkOf, type Ipv4 } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { DeviceConf, NeighbourParameters } from "./conf.ts";
import { Memberships } from "./igmp.ts";
import type { Neighbour } from "./neighbour.ts";

/** RT_SCOPE_*: the larger, the nearer. */
export const SCOPE_UNIVERSE = 0;
export const SCOPE_SITE = 200;
export const SCOPE_LINK = 253;
export const SCOPE_HOST = 254;
export const SCOPE_NOWHERE = 255;

/** An address of a device, Linux struct in_ifaddr. */
export interface IfAddress {
  readonly device: NetDevice;
  /** ifa_local */
  readonly address: Ipv4;
  readonly prefixLength: number;
  /** ifa_address: the other end of a point-to-point link, else the address itself. */
  readonly peer: Ipv4;
  readonly broadcast: Ipv4 | undefined;
  readonly scope: number;
  label: string;
  /** Of the prefix route. */
  metric: number;
  noPrefixRoute: boolean;
  /** Undefined: for ever. */
  lifetime?: AddressLifetime | undefined;
  /** IFA_F_DEPRECATED: its preferred lifetime is over. */
  deprecated?: boolean;
  /** IFA_F_SECONDARY: another address of the same prefix came first. */
  secondary: boolean;
}

/** How long an address lasts, in whole seconds; Linux struct ifa_cacheinfo. */
interface AddressLifetime {
  readonly validS: number;
  /** Infinity: as long as it is valid. */
  readonly preferredS: number;
  readonly sinceNs: Ns;
}

export class InDevice {
  /** Primary addresses by scope, then secondary ones, as the kernel keeps them. */
  addresses: IfAddress[] = [];
  readonly memberships: Memberships;
  /** By address, as a signed 32-bit number. */
  readonly neighbours = new Map<number, Neighbour>();
  /** ARP requests that a proxy is about to answer. */
  proxyQueue = 0;
  /** REACHABLE lasts this long: drawn from 0.5 to 1.5 times the base. RFC 4861 §6.3.2. */
  reachableNs = 0;

  constructor(
    readonly device: NetDevice,
    public conf: DeviceConf,
    public neighbourParameters: NeighbourParameters,
  ) {
    this.memberships = new Memberships(device);
  }

  /** The primary address of a prefix; inet_ifa_byprefix(). */
  primaryOf(prefix: Ipv4, length: number): IfAddress | undefined {
    return this.addresses.find(
      (one) =>
        !one.secondary && one.prefixLength === length && networkOf(one.peer, length) === prefix,
    );
  }

  /** True if an address of the device has both in its prefix; inet_addr_onlink(). */
  isOnLink(one: Ipv4, other: Ipv4): boolean {
    return this.addresses.some(
      ({ peer, prefixLength }) =>
        networkOf(peer, prefixLength) === networkOf(one, prefixLength) &&
        networkOf(peer, prefixLength) === networkOf(other, prefixLength),
    );
  }
}
