/** The resolver at 127.0.0.11 in the namespaces of containers that are in networks of the user's. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_SERVFAIL,
  parseDnsMessage,
  serialiseDnsMessage,
  type DnsMessage,
} from "../../net/dns.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Network as NetworkNamespace } from "../../kernel/namespaces.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Socket } from "../../kernel/transport/socket.ts";
import { SECOND } from "../../sim/clock.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { Task } from "../daemon/tasks.ts";
import { Iptables } from "../firewall/iptables.ts";
import type { Sandbox } from "../networks/sandbox.ts";
import { answerFor, response } from "./answers.ts";

const ADDRESS = parseIpv4("127.0.0.11") as Ipv4;
const PORT = 53;
/** Whose its sockets are. */
const DAEMON = { uid: 0, gid: 0 };

/** How long a server is waited for. libnetwork resolver.go extIOTimeout */
const SERVER_TIMEOUT_NS = 4 * SECOND;

/** Questions under way at a time. libnetwork resolver.go maxConcurrent */
const MAX_CONCURRENT = 1024;

export interface Upstream {
  readonly address: Ipv4;
  /** The question leaves by the machine's own namespace. */
  readonly fromHost: boolean;
}

interface Running {
  readonly sockets: readonly Socket[];
}

export class Resolvers {
  private readonly running = new Map<Sandbox, Running>();
  private underWay = 0;

  constructor(private readonly context: DaemonContext) {}

  start(sandbox: Sandbox, upstreams: readonly Upstream[]): void {
    if (this.running.has(sandbox) || sandbox.isHost) return;
    const { namespace } = sandbox;
    const tcp = namespace.socket("inet", "stream", 0, DAEMON);
    const udp = namespace.socket("inet", "dgram", 0, DAEMON);
    for (const socket of [tcp, udp]) socket.bind({ ip: ADDRESS, port: 0 });
    tcp.listen(4096);
    this.installRules(namespace, tcp.getsockname().port, udp.getsockname().port);
    this.running.set(sandbox, { sockets: [tcp, udp] });
    this.spawn(this.serveDatagrams(udp, sandbox, upstreams));
    this.spawn(this.serveConnections(tcp, sandbox, upstreams));
  }

  stop(sandbox: Sandbox): void {
    for (const socket of this.running.get(sandbox)?.sockets ?? []) socket.release();
    this.running.delete(sandbox);
  }

  private spawn(body: Blocking<void>): void {
    const { kernel } = this.context;
    new Task(kernel.sim, quietly(body), () => kernel.isOff);
  }

  /** Questions to port 53 go to the ports that the engine was given. */
  private installRules(namespace: NetworkNamespace, tcp: number, udp: number): void {
    const iptables = new Iptables(this.context.sys, namespace.netfilter, "ipv4");
    const own = formatIpv4(ADDRESS);
    for (const chain of ["DOCKER_OUTPUT", "DOCKER_POSTROUTING"]) iptables.makeChain("nat", chain);
    iptables.append("nat", "OUTPUT", `-d ${own} -j DOCKER_OUTPUT`);
    iptables.append("nat", "POSTROUTING", `-d ${own} -j DOCKER_POSTROUTING`);
    for (const [protocol, port] of [
      ["tcp", tcp],
      ["udp", udp],
    ] as const) {
      iptables.append(
        "nat",
        "DOCKER_OUTPUT",
        `-d ${own} -p ${protocol} --dport ${PORT} -j DNAT --to-destination ${own}:${port}`,
      );
      iptables.append(
        "nat",
        "DOCKER_POSTROUTING",
        `-s ${own} -p ${protocol} --sport ${port} -j SNAT --to-source :${PORT}`,
      );
    }
  }

  private *serveDatagrams(
    socket: Socket,
    sandbox: Sandbox,
    upstreams: readonly Upstream[],
  ): Blocking<void> {
    while (this.running.has(sandbox)) {
      const datagram = yield* socket.recvfrom();
      if (!datagram) continue;
      const { data, from } = datagram;
      const send = function* (answer: Uint8Array): Blocking<void> {
        yield* socket.sendto(answer, from);
      };
      this.spawn(this.answer(data, sandbox, upstreams, send));
    }
  }

  private *serveConnections(
    listener: Socket,
    sandbox: Sandbox,
    upstreams: readonly Upstream[],
  ): Blocking<void> {
    while (this.running.has(sandbox)) {
      const { socket } = yield* listener.accept();
      this.spawn(this.serveConnection(socket, sandbox, upstreams));
    }
  }

  /** RFC 1035 §4.2.2: each message after its length. */
  private *serveConnection(
    socket: Socket,
    sandbox: Sandbox,
    upstreams: readonly Upstream[],
  ): Blocking<void> {
    try {
      let pending = new Uint8Array(0);
      for (;;) {
        const more = yield* socket.recv();
        if (more.length === 0) return;
        pending = Uint8Array.from([...pending, ...more]);
        const [high = 0, low = 0] = pending;
        const length = high * 256 + low;
        if (pending.length < length + 2) continue;
        const query = pending.slice(2, length + 2);
        pending = pending.slice(length + 2);
        yield* this.answer(query, sandbox, upstreams, function* (answer) {
          const size = [answer.length >> 8, answer.length & 255];
          yield* socket.send(Uint8Array.from([...size, ...answer]));
        });
      }
    } finally {
      socket.release();
    }
  }

  private *answer(
    data: Uint8Array,
    sandbox: Sandbox,
    upstreams: readonly Upstream[],
    send: (answer: Uint8Array) => Blocking<void>,
  ): Blocking<void> {
    const query = parseDnsMessage(data);
    if (!query || query.response) return;
    const known = answerFor(query, sandbox);
    const answer = known
      ? serialiseDnsMessage(known)
      : yield* this.ask(query, data, sandbox, upstreams);
    if (answer) yield* send(answer);
  }

  /** One server after the other, until one answers. */
  private *ask(
    query: DnsMessage,
    data: Uint8Array,
    sandbox: Sandbox,
    upstreams: readonly Upstream[],
  ): Blocking<Uint8Array | undefined> {
    const failure = serialiseDnsMessage(response(query, DNS_SERVFAIL, []));
    const isInternal = sandbox.endpoints.every(({ network }) => network.definition.internal);
    if (isInternal || this.underWay >= MAX_CONCURRENT) return failure;
    this.underWay += 1;
    try {
      for (const upstream of upstreams) {
        const answer = yield* this.askServer(upstream, data, sandbox);
        if (answer) return answer;
      }
      return failure;
    } finally {
      this.underWay -= 1;
    }
  }

  private *askServer(
    { address, fromHost }: Upstream,
    data: Uint8Array,
    sandbox: Sandbox,
  ): Blocking<Uint8Array | undefined> {
    const { kernel } = this.context;
    const namespace = fromHost ? kernel.initialNamespaces.net : sandbox.namespace;
    const socket = namespace.socket("inet", "dgram", 0, DAEMON);
    try {
      yield* socket.connect({ ip: address, port: PORT });
      yield* socket.send(data);
      const reply = yield* socket.recvfrom(undefined, SERVER_TIMEOUT_NS);
      return reply?.data;
    } catch (error) {
      if (error instanceof KernelError) return undefined;
      throw error;
    } finally {
      socket.release();
    }
  }
}

/** A socket that was closed under a server ends it; so does a client that is gone. */
function* quietly(body: Blocking<void>): Blocking<void> {
  try {
    yield* body;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
