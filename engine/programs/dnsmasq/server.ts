/** The DNS side: answers from the zone, and forwards the rest. */
import { parseIpv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_REFUSED,
  parseDnsMessage,
  serialiseDnsMessage,
  type DnsMessage,
} from "../../net/dns.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Datagram, SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { DnsmasqConfig } from "./config.ts";
import type { DhcpServer } from "./dhcp-server.ts";
import { longestMatch, type Zone } from "./zone.ts";

const EDNS_BYTES = 1232;
/** --dns-forward-max */
const MAX_FORWARDED = 150;
const FORGET_NS: Ns = 40 * SECOND;

interface Forwarded {
  readonly id: number;
  readonly client: SocketAddress;
  readonly listener: number;
  readonly atNs: Ns;
}

export class DnsServer {
  /** By the id that the query was given on its way. */
  private readonly forwarded = new Map<number, Forwarded>();
  private readonly upstream: number;

  constructor(
    private readonly sys: Sys,
    private readonly config: DnsmasqConfig,
    private readonly zone: Zone,
    private readonly listeners: readonly number[],
    private readonly dhcp: { readonly fd: number; readonly server: DhcpServer } | undefined,
  ) {
    this.upstream = sys.socket("inet", "dgram");
  }

  /** Until a signal ends the process. */
  *run(): Blocking<never> {
    const { dhcp } = this;
    const fds = [...this.listeners, this.upstream, ...(dhcp ? [dhcp.fd] : [])];
    for (;;) {
      const ready = yield* this.sys.poll(fds.map((fd) => ({ fd, events: ["in"] })));
      for (const { fd, in: hasInput } of ready) {
        if (!hasInput) continue;
        const datagram = yield* this.receive(fd);
        if (!datagram) continue;
        if (fd === dhcp?.fd) yield* dhcp.server.handle(datagram);
        else if (fd === this.upstream) yield* this.passBack(datagram);
        else yield* this.serve(fd, datagram);
      }
    }
  }

  private *receive(fd: number): Blocking<Datagram | undefined> {
    try {
      return yield* this.sys.recvfrom(fd, 65535, 0);
    } catch (error) {
      // An ICMP error about an answer or a forwarded query.
      if (error instanceof KernelError && error.errno !== "EINTR") return undefined;
      throw error;
    }
  }

  private *serve(listener: number, { data, from }: Datagram): Blocking<void> {
    const query = parseDnsMessage(data);
    const question = query?.questions[0];
    if (!query || query.response || !question) return;
    const local = this.zone.answer(question);
    if (local) {
      yield* this.reply(listener, from, {
        ...replyTo(query),
        authoritative: true,
        responseCode: local.code,
        answers: local.answers,
      });
      return;
    }
    const name = question.name.toLowerCase();
    const chosen = longestMatch(this.config.servers, name);
    if (chosen && chosen.server === undefined) {
      yield* this.reply(listener, from, { ...replyTo(query), responseCode: DNS_NXDOMAIN });
      return;
    }
    const servers = chosen
      ? this.config.servers.filter(({ domain }) => domain === chosen.domain)
      : this.resolvServers();
    if (servers.length === 0 || this.forwarded.size >= MAX_FORWARDED) {
      yield* this.reply(listener, from, { ...replyTo(query), responseCode: DNS_REFUSED });
      return;
    }
    yield* this.forward(
      data,
      { id: query.id, client: from, listener, atNs: this.sys.monotonicNs() },
      servers.flatMap(({ server }) => (server ? [server] : [])),
    );
  }

  /** Lines of resolv.conf, read anew whenever they are needed. */
  private resolvServers(): readonly { readonly server: SocketAddress }[] {
    if (!this.config.readResolv) return [];
    try {
      return this.sys
        .readTextFile(this.config.resolvFile)
        .split("\n")
        .flatMap((line) => {
          const [keyword, text = ""] = line.trim().split(/\s+/);
          const ip = keyword === "nameserver" ? parseIpv4(text) : undefined;
          // Itself is not asked.
          return ip === undefined || ip >>> 24 === 127 ? [] : [{ server: { ip, port: 53 } }];
        });
    } catch (error) {
      if (error instanceof KernelError) return [];
      throw error;
    }
  }

  private *forward(
    data: Uint8Array,
    query: Forwarded,
    servers: readonly SocketAddress[],
  ): Blocking<void> {
    for (const [id, old] of this.forwarded) {
      if (query.atNs - old.atNs > FORGET_NS) this.forwarded.delete(id);
    }
    let id = this.sys.random.below(65536);
    while (this.forwarded.has(id)) id = (id + 1) % 65536;
    this.forwarded.set(id, query);
    for (const server of servers) yield* this.send(this.upstream, withId(data, id), server);
  }

  private *passBack({ data }: Datagram): Blocking<void> {
    const id = (data[0] ?? 0) * 256 + (data[1] ?? 0);
    const query = this.forwarded.get(id);
    if (!query || data.length < 12) return;
    this.forwarded.delete(id);
    yield* this.send(query.listener, withId(data, query.id), query.client);
  }

  private *reply(listener: number, to: SocketAddress, message: DnsMessage): Blocking<void> {
    const data = serialiseDnsMessage(message);
    if (data) yield* this.send(listener, data, to);
  }

  private *send(fd: number, data: Uint8Array, to: SocketAddress): Blocking<void> {
    try {
      yield* this.sys.sendto(fd, data, to);
    } catch (error) {
      // Who cannot be reached gets no answer.
      if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    }
  }
}

function replyTo(query: DnsMessage): DnsMessage {
  return {
    id: query.id,
    response: true,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    responseCode: DNS_NOERROR,
    questions: query.questions,
    answers: [],
    ...(query.ednsBytes === undefined ? {} : { ednsBytes: EDNS_BYTES }),
  };
}

function withId(data: Uint8Array, id: number): Uint8Array {
  const copy = data.slice();
  copy[0] = id >>> 8;
  copy[1] = id & 255;
  return copy;
}
