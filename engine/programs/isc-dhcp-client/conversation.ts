/** Messages to and from servers, before and while the device has an address. */
import {
  formatIpv4,
  IPV4_ANY,
  IPV4_BROADCAST,
  MAC_BROADCAST,
  type Ipv4,
} from "../../net/address.ts";
import {
  addressesOption,
  clientMessage,
  DHCP_ACK,
  DHCP_CLIENT_PORT,
  DHCP_DISCOVER,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  DHCP_SERVER_PORT,
  messageType,
  OPTION_HOSTNAME,
  OPTION_MESSAGE_TYPE,
  OPTION_PARAMETERS,
  OPTION_REQUESTED_ADDRESS,
  OPTION_SERVER_ID,
  parseDhcp,
  readAddresses,
  serialiseDhcp,
  textOption,
  type DhcpMessage,
} from "../../net/dhcp.ts";
import { ETHERTYPE_IPV4, IPPROTO_UDP, Packet } from "../../net/packet.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { seconds, type Ns } from "../../sim/clock.ts";
import { leaseOf, type Lease } from "./lease.ts";

/** Debian's dhclient.conf asks for these. */
const PARAMETERS = [1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42];
const FIRST_INTERVAL_SECONDS = 3;
const MAX_INTERVAL_SECONDS = 15;
const TIMEOUT_SECONDS = 60;
const TTL = 128;

export class Conversation {
  private readonly fd: number;
  private readonly transaction: number;

  constructor(
    private readonly sys: Sys,
    private readonly link: LinkMessage,
    private readonly log: (text: string) => Blocking<void>,
  ) {
    this.fd = sys.socket("packet", "dgram", ETHERTYPE_IPV4);
    sys.bind(this.fd, { ifindex: link.ifindex });
    this.transaction = sys.random.uint32();
  }

  close(): void {
    this.sys.close(this.fd);
  }

  /** Undefined: no server was heard in time. */
  *obtain(): Blocking<Lease | undefined> {
    const endNs = this.sys.monotonicNs() + seconds(TIMEOUT_SECONDS);
    let interval = FIRST_INTERVAL_SECONDS;
    while (this.sys.monotonicNs() < endNs) {
      yield* this.log(
        `DHCPDISCOVER on ${this.link.name} to 255.255.255.255 port 67 interval ${interval} (xid=${this.xid})`,
      );
      yield* this.broadcast(DHCP_DISCOVER, new Map());
      const waitNs = Math.min(seconds(interval), endNs - this.sys.monotonicNs());
      const offer = yield* this.receive([DHCP_OFFER], waitNs);
      interval = Math.min(MAX_INTERVAL_SECONDS, interval * 2);
      if (!offer) continue;
      const [server = offer.serverAddress] = readAddresses(offer, OPTION_SERVER_ID);
      yield* this.log(`DHCPOFFER of ${formatIpv4(offer.yourAddress)} from ${formatIpv4(server)}`);
      const lease = yield* this.request(offer.yourAddress, server);
      if (lease) return lease;
    }
    return undefined;
  }

  private *request(address: Ipv4, server: Ipv4): Blocking<Lease | undefined> {
    const text = formatIpv4(address);
    yield* this.log(
      `DHCPREQUEST for ${text} on ${this.link.name} to 255.255.255.255 port 67 (xid=${this.xid})`,
    );
    yield* this.broadcast(
      DHCP_REQUEST,
      new Map([
        [OPTION_SERVER_ID, addressesOption([server])],
        [OPTION_REQUESTED_ADDRESS, addressesOption([address])],
      ]),
    );
    return yield* this.settle(seconds(FIRST_INTERVAL_SECONDS));
  }

  /** Asks the server to prolong the lease. Undefined: it refuses, or is silent. */
  *renew(lease: Lease): Blocking<Lease | undefined> {
    yield* this.log(
      `DHCPREQUEST for ${formatIpv4(lease.address)} on ${this.link.name} to ${formatIpv4(lease.server)} port 67 (xid=${this.xid})`,
    );
    yield* this.unicast(lease, this.message(DHCP_REQUEST, new Map(), lease.address));
    return yield* this.settle(seconds(MAX_INTERVAL_SECONDS));
  }

  *release(lease: Lease): Blocking<void> {
    yield* this.log(
      `DHCPRELEASE of ${formatIpv4(lease.address)} on ${this.link.name} to ${formatIpv4(lease.server)} port 67 (xid=${this.xid})`,
    );
    const options = new Map([[OPTION_SERVER_ID, addressesOption([lease.server])]]);
    yield* this.unicast(lease, this.message(DHCP_RELEASE, options, lease.address));
  }

  private *settle(timeoutNs: Ns): Blocking<Lease | undefined> {
    const answer = yield* this.receive([DHCP_ACK, DHCP_NAK], timeoutNs);
    if (!answer) return undefined;
    const [server = answer.serverAddress] = readAddresses(answer, OPTION_SERVER_ID);
    if (messageType(answer) === DHCP_NAK) {
      yield* this.log(`DHCPNAK from ${formatIpv4(server)} (xid=${this.xid})`);
      return undefined;
    }
    yield* this.log(
      `DHCPACK of ${formatIpv4(answer.yourAddress)} from ${formatIpv4(server)} (xid=${this.xid})`,
    );
    return leaseOf(this.link.name, answer);
  }

  private get xid(): string {
    return `0x${this.transaction.toString(16)}`;
  }

  private message(
    type: number,
    extra: ReadonlyMap<number, Uint8Array>,
    clientAddress: Ipv4 = IPV4_ANY,
  ): DhcpMessage {
    const options = new Map([[OPTION_MESSAGE_TYPE, Uint8Array.of(type)], ...extra]);
    if (type !== DHCP_RELEASE) {
      options.set(OPTION_HOSTNAME, textOption(this.sys.hostname()));
      options.set(OPTION_PARAMETERS, Uint8Array.from(PARAMETERS));
    }
    return clientMessage(this.link.address, this.transaction, options, clientAddress);
  }

  private *broadcast(type: number, extra: ReadonlyMap<number, Uint8Array>): Blocking<void> {
    const packet = new Packet();
    packet.ether = { dst: MAC_BROADCAST, src: this.link.address, etherType: ETHERTYPE_IPV4 };
    packet.ip = {
      tos: 0x10,
      id: 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: TTL,
      protocol: IPPROTO_UDP,
      src: IPV4_ANY,
      dst: IPV4_BROADCAST,
    };
    packet.transport = { kind: "udp", srcPort: DHCP_CLIENT_PORT, dstPort: DHCP_SERVER_PORT };
    packet.payload = serialiseDhcp(this.message(type, extra));
    yield* this.sys.sendPacket(this.fd, { packet, ifindex: this.link.ifindex });
  }

  private *unicast(lease: Lease, message: DhcpMessage): Blocking<void> {
    const { sys } = this;
    const fd = sys.socket("inet", "dgram");
    try {
      sys.setsockopt(fd, "reuseAddress", true);
      sys.bind(fd, { ip: lease.address, port: DHCP_CLIENT_PORT });
      const to = { ip: lease.server, port: DHCP_SERVER_PORT };
      yield* sys.sendto(fd, serialiseDhcp(message), to);
    } catch (error) {
      // The address is gone, or the server cannot be reached.
      if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    } finally {
      sys.close(fd);
    }
  }

  /** The next message of these types in this conversation. */
  private *receive(types: readonly number[], timeoutNs: Ns): Blocking<DhcpMessage | undefined> {
    const endNs = this.sys.monotonicNs() + timeoutNs;
    for (;;) {
      const leftNs = endNs - this.sys.monotonicNs();
      const frame = leftNs > 0 ? yield* this.sys.recvFrame(this.fd, leftNs) : undefined;
      if (!frame) return undefined;
      const { transport, payload } = frame.packet;
      if (transport?.kind !== "udp" || transport.dstPort !== DHCP_CLIENT_PORT) continue;
      const message = parseDhcp(payload);
      if (!message || message.request || message.transaction !== this.transaction) continue;
      if (types.includes(messageType(message))) return message;
    }
  }
}
