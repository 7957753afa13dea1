/** The default address manager: pools of addresses, and who has which of them. */
import {
  broadcastOf,
  formatIpv4,
  networkOf,
  type Ipv4,
  type Ipv4Prefix,
} from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { Release } from "../daemon/release.ts";

/** `default-address-pools` of daemon.json: a block, and the size of what is cut from it. */
export interface PoolSource {
  readonly base: Ipv4Prefix;
  readonly size: number;
}

const prefix = (address: number, length: number): Ipv4Prefix => ({
  address: (address >>> 0) as Ipv4,
  length,
});

/** 172.17.0.0/16 … 172.31.0.0/16, then 192.168.0.0/20 …; libnetwork ipamutils. */
export const DEFAULT_POOLS: readonly PoolSource[] = [
  ...Array.from({ length: 15 }, (_, index) => ({
    base: prefix(0xac110000 + (index << 16), 16),
    size: 16,
  })),
  { base: prefix(0xc0a80000, 16), size: 20 },
];

function overlaps(one: Ipv4Prefix, two: Ipv4Prefix): boolean {
  const length = Math.min(one.length, two.length);
  return networkOf(one.address, length) === networkOf(two.address, length);
}

/** The addresses of one network. */
export class AddressPool {
  private readonly used = new Set<number>();

  constructor(
    readonly subnet: Ipv4Prefix,
    /** Where to take addresses from that nobody asked for, `--ip-range`. */
    readonly range: Ipv4Prefix | undefined,
    /** Of two addresses or one, both or it may be given, RFC 3021; not before 28. */
    release: Release,
  ) {
    if (subnet.length < 31 || release === "20.10") {
      this.used.add(subnet.address);
      this.used.add(broadcastOf(subnet.address, subnet.length));
    }
  }

  /** The one that is wanted, or the lowest that is free. "taken" and "none" are refusals. */
  allocate(wanted?: Ipv4): Ipv4 | "taken" | "none" {
    if (wanted !== undefined) {
      if (this.used.has(wanted)) return "taken";
      this.used.add(wanted);
      return wanted;
    }
    const { address, length } = this.range ?? this.subnet;
    const last = address + 2 ** (32 - length) - 1;
    for (let candidate: number = address; candidate <= last; candidate += 1) {
      if (this.used.has(candidate)) continue;
      this.used.add(candidate);
      return candidate as Ipv4;
    }
    return "none";
  }

  contains(address: Ipv4): boolean {
    return networkOf(address, this.subnet.length) === this.subnet.address;
  }

  release(address: Ipv4): void {
    this.used.delete(address);
  }
}

/** Which blocks the networks of a machine have. */
export class AddressSpace {
  private readonly pools = new Set<AddressPool>();
  /** Where the last search for a predefined pool ended. */
  private next = 0;
  private readonly predefined: readonly Ipv4Prefix[];

  constructor(
    private readonly release: Release,
    sources: readonly PoolSource[],
    /** Destinations of the machine's routes, which a new network must not shadow. */
    private readonly routes: () => readonly Ipv4Prefix[],
  ) {
    this.predefined = sources.flatMap(split);
  }

  /** ApiError 403: it overlaps another network's. */
  request(subnet: Ipv4Prefix, range: Ipv4Prefix | undefined): AddressPool {
    if ([...this.pools].some((pool) => overlaps(pool.subnet, subnet))) {
      const text = "Pool overlaps with other one on this address space";
      throw new ApiError(403, this.release === "28" ? `invalid pool request: ${text}` : text);
    }
    const pool = new AddressPool(subnet, range, this.release);
    this.pools.add(pool);
    return pool;
  }

  /** A predefined block that nobody has. 20.10 goes on where it stopped; 28 takes the first. */
  requestPredefined(): AddressPool {
    const { predefined } = this;
    const routes = this.routes();
    const start = this.release === "28" ? 0 : this.next;
    for (let step = 0; step < predefined.length; step += 1) {
      const index = (start + step) % predefined.length;
      const candidate = predefined[index] as Ipv4Prefix;
      if ([...this.pools].some((pool) => overlaps(pool.subnet, candidate))) continue;
      if (routes.some((route) => route.length > 0 && overlaps(route, candidate))) continue;
      this.next = index + 1;
      const pool = new AddressPool(candidate, undefined, this.release);
      this.pools.add(pool);
      return pool;
    }
    throw this.release === "28"
      ? new ApiError(400, "all predefined address pools have been fully subnetted")
      : new ApiError(
          404,
          "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
        );
  }

  releasePool(pool: AddressPool): void {
    this.pools.delete(pool);
  }
}

function split({ base, size }: PoolSource): Ipv4Prefix[] {
  const count = 2 ** Math.max(0, size - base.length);
  const step = 2 ** (32 - size);
  return Array.from({ length: count }, (_, index) => prefix(base.address + index * step, size));
}

export function formatPrefix({ address, length }: Ipv4Prefix): string {
  return `${formatIpv4(address)}/${length}`;
}
