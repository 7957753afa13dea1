/** What every printer needs to know: the options and the names of addresses and ports. */
import { formatIpv4, formatMac, MAC_BROADCAST, type Ipv4, type Mac } from "../../../net/address.ts";
import type { Packet, TcpHeader } from "../../../net/packet.ts";

export interface PrintOptions {
  /** -n: no names. */
  readonly numeric: boolean;
  /** 0 to 3: -v, -vv, -vvv. */
  readonly verbosity: number;
  /** -q */
  readonly quiet: boolean;
  /** -S: TCP sequence numbers as they are. */
  readonly absoluteSequences: boolean;
  /** -K: checksums are not verified. */
  readonly skipChecksums: boolean;
}

export interface Names {
  host(address: Ipv4): string | undefined;
  /** From /etc/services. */
  service(port: number, transport: "tcp" | "udp"): string | undefined;
}

export class PrintContext {
  /** First sequence numbers seen of each connection, by its four-tuple. */
  private readonly connections = new Map<string, { seq: number; ack: number }>();

  constructor(
    readonly options: PrintOptions,
    private readonly names: Names,
  ) {}

  address(address: Ipv4): string {
    const name = this.options.numeric ? undefined : this.names.host(address);
    return name ?? formatIpv4(address);
  }

  port(port: number, transport: "tcp" | "udp"): string {
    const name = this.options.numeric ? undefined : this.names.service(port, transport);
    return name ?? String(port);
  }

  endpoint(address: Ipv4, port: number, transport: "tcp" | "udp"): string {
    return `${this.address(address)}.${this.port(port, transport)}`;
  }

  /** No list of manufacturers is shipped, so each is unknown. */
  mac(mac: Mac): string {
    if (this.options.numeric) return formatMac(mac);
    return mac === MAC_BROADCAST ? "Broadcast" : `${formatMac(mac)} (oui Unknown)`;
  }

  /**
   * Sequence and acknowledgement numbers as shown: from the second segment on they count from
   * the first ones of their connection.
   */
  sequences(packet: Packet, tcp: TcpHeader): { readonly seq: number; readonly ack: number } {
    const { seq, ack } = tcp;
    const ip = packet.ip;
    const isAck = (tcp.flags & 0x10) !== 0;
    if (!ip || this.options.absoluteSequences || !isAck) return { seq, ack };
    const reversed = ip.src > ip.dst || (ip.src === ip.dst && tcp.srcPort > tcp.dstPort);
    const one = `${ip.src}:${tcp.srcPort}`;
    const other = `${ip.dst}:${tcp.dstPort}`;
    const key = reversed ? `${other} ${one}` : `${one} ${other}`;
    const known = this.connections.get(key);
    const isSyn = (tcp.flags & 0x02) !== 0;
    if (!known || isSyn) {
      const before = (ack - 1) >>> 0;
      this.connections.set(key, reversed ? { seq: before, ack: seq } : { seq, ack: before });
      return { seq, ack };
    }
    const mine = reversed ? known.ack : known.seq;
    const theirs = reversed ? known.seq : known.ack;
    return { seq: (seq - mine) >>> 0, ack: (ack - theirs) >>> 0 };
  }
}
