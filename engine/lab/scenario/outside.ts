/** What answers outside a scenario's Docker host: names, and a page for whoever asks. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_TYPE_A,
  parseDnsMessage,
  serialiseDnsMessage,
  type DnsMessage,
} from "../../net/dns.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Machine } from "../../machine/machine.ts";
import { httpDate } from "../../programs/support/http-server.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { controlOf } from "../config/named-networks.ts";

const address = (text: string): Ipv4 => parseIpv4(text) as Ipv4;

const NAME_SERVER = address("10.0.2.3");
const PUBLIC = address("203.0.113.10");

const NAMES: ReadonlyMap<string, Ipv4> = new Map([
  ["example.test", PUBLIC],
  ["www.example.test", PUBLIC],
  ["upstream.test", address("10.0.2.2")],
]);

const TTL_SECONDS = 60;

/** Adds the addresses, and the two servers. */
export function serveOutside(machine: Machine): void {
  const sys = controlOf(machine);
  sys.rtnetlink.newAddress({
    device: "eth0",
    address: NAME_SERVER,
    prefixLength: 24,
    broadcast: "computed",
  });
  sys.rtnetlink.newAddress({ device: "lo", address: PUBLIC, prefixLength: 32 });
  sys.spawn({ run: { name: "names", main: serveNames }, descriptors: new Map(), newSession: true });
  sys.spawn({ run: { name: "page", main: servePage }, descriptors: new Map(), newSession: true });
}

function* serveNames(sys: Sys): Blocking<number> {
  const fd = sys.socket("inet", "dgram");
  sys.bind(fd, { ip: NAME_SERVER, port: 53 });
  for (;;) {
    try {
      const datagram = yield* sys.recvfrom(fd);
      const query = datagram && parseDnsMessage(datagram.data);
      const reply = query && serialiseDnsMessage(answer(query));
      if (reply) yield* sys.sendto(fd, reply, datagram.from);
    } catch (error) {
      // The client's port is closed by now.
      if (!(error instanceof KernelError)) throw error;
    }
  }
}

function answer(query: DnsMessage): DnsMessage {
  const [question] = query.questions;
  const name = question?.name.toLowerCase() ?? "";
  const known = NAMES.get(name);
  const isWanted = known !== undefined && question?.type === DNS_TYPE_A;
  return {
    id: query.id,
    response: true,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    responseCode: known === undefined ? DNS_NXDOMAIN : DNS_NOERROR,
    questions: query.questions,
    answers: isWanted
      ? [{ name: question.name, type: DNS_TYPE_A, ttlSeconds: TTL_SECONDS, address: known }]
      : [],
  };
}

function* servePage(sys: Sys): Blocking<number> {
  const listener = sys.socket("inet", "stream");
  sys.bind(listener, { ip: address("0.0.0.0"), port: 80 });
  sys.listen(listener, 128);
  sys.signal("SIGCHLD", "ignore");
  for (;;) {
    const { fd, peer } = yield* sys.accept(listener);
    sys.spawn({
      run: { name: "page", main: (child) => respond(child, 0, peer.ip) },
      descriptors: new Map([[0, fd]]),
    });
    sys.close(fd);
  }
}

/** Head and body are sent apart, as Python's http.server does. */
function* respond(sys: Sys, fd: number, client: Ipv4): Blocking<number> {
  try {
    let request = "";
    while (!request.includes("\r\n\r\n")) {
      const data = yield* sys.recv(fd);
      if (data.length === 0) return 0;
      request += decodeUtf8(data);
    }
    const body = `hello from the outside; you are ${formatIpv4(client)}\n`;
    const head = [
      "HTTP/1.1 200 OK",
      "Server: BaseHTTP/0.6 Python/3.11.2",
      `Date: ${httpDate(sys.realtimeSeconds())}`,
      `Content-Length: ${body.length}`,
      "Connection: close",
      "",
      "",
    ].join("\r\n");
    yield* sys.write(fd, encodeUtf8(head));
    yield* sys.write(fd, encodeUtf8(body));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  return 0;
}
