/** The DHCP side: leases for hosts on the links that a range belongs to. */
import {
  broadcastOf,
  formatIpv4,
  formatMac,
  IPV4_ANY,
  IPV4_BROADCAST,
  netmask,
  netmaskLength,
  networkOf,
  type Ipv4,
  type Mac,
} from "../../net/address.ts";
import {
  addressesOption,
  DHCP_ACK,
  DHCP_CLIENT_PORT,
  DHCP_DISCOVER,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  messageType,
  numberOption,
  OPTION_BROADCAST,
  OPTION_DNS,
  OPTION_DOMAIN,
  OPTION_HOSTNAME,
  OPTION_LEASE_TIME,
  OPTION_MESSAGE_TYPE,
  OPTION_NETMASK,
  OPTION_REBINDING_TIME,
  OPTION_RENEWAL_TIME,
  OPTION_REQUESTED_ADDRESS,
  OPTION_ROUTER,
  OPTION_SERVER_ID,
  parseDhcp,
  readAddresses,
  readText,
  serialiseDhcp,
  textOption,
  type DhcpMessage,
} from "../../net/dhcp.ts";
import { write48 } from "../../net/bytes.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Datagram, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { AddressMessage } from "../../kernel/rtnetlink/messages.ts";
import type { DhcpConfig, DhcpHost, DhcpRange } from "./dhcp-config.ts";

interface Lease {
  readonly mac: Mac;
  readonly address: Ipv4;
  readonly name: string | undefined;
  readonly expiresSeconds: number;
}

/** A link with a range, as a message arrived on it. */
interface Place {
  readonly device: string;
  readonly own: AddressMessage;
  readonly range: DhcpRange;
}

/** An offer is kept for its client so long. */
const OFFER_SECONDS = 60;

export class DhcpServer {
  private readonly leases = new Map<Ipv4, Lease>();

  constructor(
    private readonly sys: Sys,
    private readonly config: DhcpConfig,
    private readonly domain: string,
    /** Whether clients are told to ask this machine for names. */
    private readonly servesDns: boolean,
    private readonly fd: number,
  ) {}

  *handle(datagram: Datagram): Blocking<void> {
    const message = parseDhcp(datagram.data);
    const place = this.placeOf(datagram.ifindex);
    if (!message?.request || !place) return;
    const host = this.config.hosts.find(({ mac }) => mac === message.clientMac);
    if (host?.ignored) return;
    switch (messageType(message)) {
      case DHCP_DISCOVER: {
        const address = this.choose(message, place, host);
        if (address === undefined) return;
        this.keep(message, address, OFFER_SECONDS, host);
        yield* this.reply(message, place, DHCP_OFFER, address, host);
        return;
      }
      case DHCP_REQUEST:
        yield* this.request(message, place, host);
        return;
      case DHCP_RELEASE: {
        const lease = this.leases.get(message.clientAddress);
        if (lease?.mac !== message.clientMac) return;
        this.leases.delete(lease.address);
        this.writeLeases();
        return;
      }
    }
  }

  private *request(message: DhcpMessage, place: Place, host: DhcpHost | undefined): Blocking<void> {
    const [server] = readAddresses(message, OPTION_SERVER_ID);
    if (server !== undefined && server !== place.own.address) return;
    const [requested] = readAddresses(message, OPTION_REQUESTED_ADDRESS);
    const address = requested ?? message.clientAddress;
    const isRight = host?.address === undefined || host.address === address;
    if (!isRight || !this.isFree(address, message.clientMac, place)) {
      yield* this.reply(message, place, DHCP_NAK, IPV4_ANY, host);
      return;
    }
    this.keep(message, address, host?.leaseSeconds ?? place.range.leaseSeconds, host);
    this.writeLeases();
    yield* this.reply(message, place, DHCP_ACK, address, host);
  }

  private placeOf(ifindex: number): Place | undefined {
    const { rtnetlink } = this.sys;
    const device = rtnetlink.link(ifindex)?.name;
    if (device === undefined) return undefined;
    for (const own of rtnetlink.addresses()) {
      if (own.ifindex !== ifindex) continue;
      const network = networkOf(own.address, own.prefixLength);
      const range = this.config.ranges.find(
        ({ first }) => networkOf(first, own.prefixLength) === network,
      );
      if (range) return { device, own, range };
    }
    return undefined;
  }

  /** The host's own address, the one that it had or asks for, or one that its MAC points to. */
  private choose(message: DhcpMessage, place: Place, host: DhcpHost | undefined): Ipv4 | undefined {
    if (host?.address !== undefined) return host.address;
    const { clientMac } = message;
    const known = [...this.leases.values()].find(({ mac }) => mac === clientMac);
    if (known) return known.address;
    const [requested] = readAddresses(message, OPTION_REQUESTED_ADDRESS);
    const { first, last } = place.range;
    const isInRange = requested !== undefined && requested >= first && requested <= last;
    if (isInRange && this.isFree(requested, clientMac, place)) return requested;
    const size = last - first + 1;
    const start = hashOf(clientMac) % size;
    for (let step = 0; step < size; step++) {
      const address = (first + ((start + step) % size)) as Ipv4;
      if (this.isFree(address, clientMac, place)) return address;
    }
    return undefined;
  }

  private isFree(address: Ipv4, mac: Mac, { own, range }: Place): boolean {
    if (address === own.address) return false;
    const reserved = this.config.hosts.find((host) => host.address === address);
    if (reserved) return reserved.mac === mac;
    if (address < range.first || address > range.last) return false;
    const lease = this.leases.get(address);
    return !lease || lease.mac === mac || lease.expiresSeconds < this.sys.realtimeSeconds();
  }

  private keep(
    message: DhcpMessage,
    address: Ipv4,
    seconds: number,
    host: DhcpHost | undefined,
  ): void {
    this.leases.set(address, {
      mac: message.clientMac,
      address,
      name: host?.name ?? readText(message, OPTION_HOSTNAME),
      expiresSeconds: Math.floor(this.sys.realtimeSeconds()) + seconds,
    });
  }

  private *reply(
    message: DhcpMessage,
    place: Place,
    type: number,
    address: Ipv4,
    host: DhcpHost | undefined,
  ): Blocking<void> {
    const data = serialiseDhcp({
      ...message,
      request: false,
      yourAddress: address,
      serverAddress: place.own.address,
      options: this.optionsOf(place, type, host),
    });
    const { sys, fd } = this;
    const isNew = message.clientAddress === IPV4_ANY;
    const ip =
      message.broadcast || type === DHCP_NAK
        ? IPV4_BROADCAST
        : isNew
          ? address
          : message.clientAddress;
    try {
      // Who has no address yet cannot answer ARP for it.
      if (ip === address && isNew) {
        sys.rtnetlink.newNeighbour(
          { device: place.device, address, mac: message.clientMac, state: "STALE" },
          "replace",
        );
      }
      sys.setsockopt(fd, "bindToDevice", place.device);
      yield* sys.sendto(fd, data, { ip, port: DHCP_CLIENT_PORT });
    } catch (error) {
      // The client asks again.
      if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    } finally {
      sys.setsockopt(fd, "bindToDevice", "");
    }
  }

  private optionsOf(
    { own, range }: Place,
    type: number,
    host: DhcpHost | undefined,
  ): ReadonlyMap<number, Uint8Array> {
    const options = new Map([
      [OPTION_MESSAGE_TYPE, Uint8Array.of(type)],
      [OPTION_SERVER_ID, addressesOption([own.address])],
    ]);
    if (type === DHCP_NAK) return options;
    const lease = host?.leaseSeconds ?? range.leaseSeconds;
    options.set(OPTION_LEASE_TIME, numberOption(lease));
    options.set(OPTION_RENEWAL_TIME, numberOption(Math.floor(lease / 2)));
    options.set(OPTION_REBINDING_TIME, numberOption(Math.floor((lease * 7) / 8)));
    const mask = range.netmask ?? netmask(own.prefixLength);
    const broadcast = range.broadcast ?? broadcastOf(own.address, netmaskLength(mask) ?? 32);
    options.set(OPTION_NETMASK, addressesOption([mask]));
    options.set(OPTION_BROADCAST, addressesOption([broadcast]));
    options.set(OPTION_ROUTER, addressesOption([own.address]));
    if (this.servesDns) options.set(OPTION_DNS, addressesOption([own.address]));
    if (this.domain !== "") options.set(OPTION_DOMAIN, textOption(this.domain));
    if (host?.name !== undefined) options.set(OPTION_HOSTNAME, textOption(host.name));
    for (const [code, data] of this.config.options) {
      if (data.length === 0) options.delete(code);
      else options.set(code, data);
    }
    return options;
  }

  /** `EXPIRY MAC ADDRESS NAME CLIENT-ID`, a line a lease. */
  private writeLeases(): void {
    const lines = [...this.leases.values()].map(
      ({ expiresSeconds, mac, address, name }) =>
        `${expiresSeconds} ${formatMac(mac)} ${formatIpv4(address)} ${name ?? "*"} *\n`,
    );
    try {
      this.sys.writeFile(this.config.leaseFile, lines.join(""));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
}

/** dnsmasq's hash of a hardware address, so that a client tends to get the same address again. */
function hashOf(mac: Mac): number {
  const bytes = new Uint8Array(6);
  write48(bytes, 0, mac);
  let hash = 0;
  for (const byte of bytes) hash = (byte + (hash << 6) + (hash << 16) - hash) >>> 0;
  return hash;
}
