/** Asking a name server over UDP: what dig, host and nslookup have in common. */
import { formatIpv4, IPV4_LOOPBACK, parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  parseDnsMessage,
  serialiseDnsMessage,
  type DnsMessage,
} from "../../net/dns.ts";
import { KernelError, type Errno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { type Ns } from "../../sim/clock.ts";
import { resolveHost } from "../support/resolve.ts";

export interface Server {
  readonly ip: Ipv4;
  readonly port: number;
}

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly recursion: boolean;
  /** EDNS(0) with this much room; undefined: plain DNS. */
  readonly ednsBytes?: number;
}

export interface Reply {
  readonly message: DnsMessage;
  readonly bytes: number;
  readonly server: Server;
  readonly tookNs: Ns;
}

const ERRORS: Partial<Record<Errno, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

export interface Retry {
  readonly tries: number;
  readonly timeoutNs: Ns;
}

/** A client's cookie. RFC 7873 §4.1 */
const COOKIE_BYTES = 8;
const UNREACHABLE = "network unreachable";
const NO_SERVERS = ";; no servers could be reached\n";

/**
 * Each server in turn, `tries` times each. Undefined: none answered, and each failure is said;
 * `banner` precedes the last word.
 */
export function* askServers(
  sys: Sys,
  servers: readonly Server[],
  question: Question,
  retry: Retry,
  banner = "",
): Blocking<Reply | undefined> {
  let failure = "";
  for (let attempt = 0; attempt < retry.tries; attempt++) {
    for (const server of servers) {
      const outcome = yield* ask(sys, server, question, retry.timeoutNs);
      if (typeof outcome !== "string") return outcome;
      failure = outcome;
      yield* sys.print(failureText(server, question, failure));
    }
  }
  if (failure !== UNREACHABLE) yield* sys.print(`${banner}${NO_SERVERS}`);
  return undefined;
}

function failureText(server: Server, question: Question, failure: string): string {
  const place = `${formatIpv4(server.ip)}#${server.port}`;
  if (failure !== UNREACHABLE) return `;; communications error to ${place}: ${failure}\n`;
  const name = question.name === "" ? "." : question.name;
  return (
    `;; UDP setup with ${place}(${formatIpv4(server.ip)}) for ${name} failed: ${failure}.\n` +
    NO_SERVERS
  );
}

function newCookie(sys: Sys): Uint8Array {
  return Uint8Array.from({ length: COOKIE_BYTES }, () => sys.random.below(256));
}

/** The reply, or why there is none. */
function* ask(
  sys: Sys,
  server: Server,
  question: Question,
  timeoutNs: Ns,
): Blocking<Reply | string> {
  const id = sys.random.below(65536);
  const query = serialiseDnsMessage({
    id,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: question.recursion,
    recursionAvailable: false,
    responseCode: DNS_NOERROR,
    questions: [{ name: question.name, type: question.type }],
    answers: [],
    ...(question.ednsBytes === undefined
      ? {}
      : { ednsBytes: question.ednsBytes, clientCookie: newCookie(sys) }),
  });
  if (!query) return "bad name";
  const fd = sys.socket("inet", "dgram");
  const startNs = sys.monotonicNs();
  try {
    // BIND's resolvers let their queries be cut.
    sys.setsockopt(fd, "mtuDiscover", "dont");
    yield* sys.connect(fd, server);
    yield* sys.send(fd, query);
    for (;;) {
      const leftNs = startNs + timeoutNs - sys.monotonicNs();
      const datagram = leftNs > 0 ? yield* sys.recvfrom(fd, 65535, leftNs) : undefined;
      if (!datagram) return "timed out";
      const message = parseDnsMessage(datagram.data);
      if (!message?.response || message.id !== id) continue;
      const tookNs = datagram.receivedNs - startNs;
      return { message, bytes: datagram.data.length, server, tookNs };
    }
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    return ERRORS[error.errno] ?? "failure";
  } finally {
    sys.close(fd);
  }
}

/** nameserver lines of /etc/resolv.conf; the own machine without any. */
export function configuredServers(sys: Sys, port: number): readonly Server[] {
  const found = resolverLines(sys).flatMap(([keyword, text = ""]) => {
    const ip = keyword === "nameserver" ? parseIpv4(text) : undefined;
    return ip === undefined ? [] : [{ ip, port }];
  });
  return found.length > 0 ? found.slice(0, 3) : [{ ip: IPV4_LOOPBACK, port }];
}

/** The names to try: as typed, and in the search domains (ndots:1). */
export function searchNames(sys: Sys, name: string): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const line = resolverLines(sys).findLast(([word]) => word === "search" || word === "domain");
  const longer = (line?.slice(1) ?? []).map((domain) => `${name}.${domain}`);
  return name.includes(".") ? [name, ...longer] : [...longer, name];
}

function resolverLines(sys: Sys): readonly (readonly string[])[] {
  try {
    const text = sys.readTextFile("/etc/resolv.conf");
    return text.split("\n").map((line) =>
      line
        .replace(/[#;].*/, "")
        .trim()
        .split(/\s+/),
    );
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}

/** The address of a server that was named; undefined: there is none. */
export function* serverAddress(sys: Sys, name: string): Blocking<Ipv4 | undefined> {
  const found = yield* resolveHost(sys, name);
  return found.ok ? found.addresses[0] : undefined;
}
