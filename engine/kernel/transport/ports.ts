/** Who holds which local port, for one protocol. Linux inet_connection_sock.c, udp.c. */
import type { Ipv4 } from "../../net/address.ts";
import type { Random } from "../../sim/random.ts";
import { KernelError } from "../errno.ts";
import type { SocketAddress } from "../process/sys.ts";
import type { SocketSettings } from "./socket.ts";
import type { TransportSysctls } from "./sysctls.ts";

export interface PortHolder {
  readonly local: SocketAddress;
  readonly uid: number;
  readonly settings: Pick<SocketSettings, "reuseAddress" | "reusePort" | "boundDevice">;
  /** A TCP listener: SO_REUSEADDR does not let another one bind beside it. */
  readonly isListening: boolean;
  /** The port was picked by connect(): others may share it to reach other peers. */
  readonly pickedByConnect: boolean;
}

export class PortTable {
  private readonly holders = new Map<number, Set<PortHolder>>();

  /** Registers a holder under `port`, without asking whether it may. */
  add(port: number, holder: PortHolder): void {
    const set = this.holders.get(port);
    if (set) set.add(holder);
    else this.holders.set(port, new Set([holder]));
  }

  remove(port: number, holder: PortHolder): void {
    const set = this.holders.get(port);
    if (!set?.delete(holder)) return;
    if (set.size === 0) this.holders.delete(port);
  }

  at(port: number): ReadonlySet<PortHolder> | undefined {
    return this.holders.get(port);
  }

  /** True if `newcomer` may not have this address beside those who hold the port. */
  conflicts(newcomer: PortHolder, ip: Ipv4, port: number): boolean {
    const set = this.holders.get(port);
    if (!set) return false;
    for (const holder of set) {
      if (holder !== newcomer && overlaps(holder, newcomer, ip) && !mayShare(holder, newcomer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A random free port of the range. Linux gives bind(0) odd distances from the low end and
   * connect() even ones, so that they do not get in each other's way; `parity` "any" for UDP.
   * EADDRINUSE or EADDRNOTAVAIL when `mayBeUsed` refuses them all.
   */
  pick(
    { localPortRange, reservedPorts }: Pick<TransportSysctls, "localPortRange" | "reservedPorts">,
    random: Random,
    parity: "even" | "odd" | "any",
    mayBeUsed: (port: number) => boolean,
  ): number {
    const [low, high] = localPortRange;
    const isFree = (port: number): boolean =>
      !reservedPorts.some(([first, last]) => port >= first && port <= last) && mayBeUsed(port);
    const size = high - low + 1;
    const start = random.below(size);
    if (parity === "any") {
      for (let i = 0; i < size; i++) {
        const port = low + ((start + i) % size);
        if (isFree(port)) return port;
      }
      throw new KernelError("EADDRINUSE");
    }
    for (const offset of parity === "odd" ? [1, 0] : [0, 1]) {
      const count = (size - offset + 1) >> 1;
      for (let i = 0; i < count; i++) {
        const port = low + offset + 2 * (((start >> 1) + i) % count);
        if (isFree(port)) return port;
      }
    }
    throw new KernelError(parity === "odd" ? "EADDRINUSE" : "EADDRNOTAVAIL");
  }
}

function overlaps(holder: PortHolder, newcomer: PortHolder, ip: Ipv4): boolean {
  const deviceA = holder.settings.boundDevice;
  const deviceB = newcomer.settings.boundDevice;
  if (deviceA !== 0 && deviceB !== 0 && deviceA !== deviceB) return false;
  return holder.local.ip === 0 || ip === 0 || holder.local.ip === ip;
}

function mayShare(holder: PortHolder, newcomer: PortHolder): boolean {
  const a = holder.settings;
  const b = newcomer.settings;
  if (a.reusePort && b.reusePort && holder.uid === newcomer.uid) return true;
  return a.reuseAddress && b.reuseAddress && !holder.isListening;
}
