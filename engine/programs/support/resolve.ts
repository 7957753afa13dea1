/**
 * Names and addresses, as getaddrinfo(3) and getnameinfo(3) of glibc find them: /etc/hosts, then
 * DNS over UDP, as far as the `hosts:` line of /etc/nsswitch.conf names them.
 */
import { formatIpv4, IPV4_LOOPBACK, parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_TYPE_A,
  DNS_TYPE_PTR,
  parseDnsMessage,
  reverseName,
  serialiseDnsMessage,
  type DnsMessage,
} from "../../net/dns.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds } from "../../sim/clock.ts";

/** gai_strerror(3) */
export type ResolveError =
  | "Name or service not known"
  | "No address associated with hostname"
  | "Temporary failure in name resolution";

export type Resolved =
  | {
      readonly ok: true;
      readonly addresses: readonly [Ipv4, ...Ipv4[]];
      /** The name was an address in digits. */
      readonly numeric: boolean;
    }
  | { readonly ok: false; readonly error: ResolveError };

const DNS_PORT = 53;
/** resolv.conf(5) defaults: timeout 5 s, 2 attempts, 3 servers. */
const TIMEOUT_NS = seconds(5);
const ATTEMPTS = 2;
const MAX_SERVERS = 3;

/** The IPv4 addresses of a host name. */
export function* resolveHost(sys: Sys, name: string): Blocking<Resolved> {
  const numeric = inetAton(name);
  if (numeric !== undefined) return { ok: true, addresses: [numeric], numeric: true };
  if (!/^[A-Za-z0-9_]([A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*\.?$/.test(name)) return notKnown();

  const sources = hostSources(sys);
  if (sources.includes("files")) {
    const addresses = readHosts(sys)
      .filter((entry) => entry.names.some((known) => known.toLowerCase() === name.toLowerCase()))
      .map((entry) => entry.address);
    if (isNonEmpty(addresses)) return { ok: true, addresses, numeric: false };
  }
  if (!sources.includes("dns")) return notKnown();

  let answer: Resolved = notKnown();
  for (const candidate of searchList(sys, name)) {
    const reply = yield* askServers(sys, candidate, DNS_TYPE_A);
    if (!reply) return { ok: false, error: "Temporary failure in name resolution" };
    const addresses = reply.answers.flatMap((record) =>
      record.type === DNS_TYPE_A && record.address !== undefined ? [record.address] : [],
    );
    if (isNonEmpty(addresses)) return { ok: true, addresses, numeric: false };
    if (reply.responseCode === DNS_NOERROR) {
      answer = { ok: false, error: "No address associated with hostname" };
    } else if (reply.responseCode !== DNS_NXDOMAIN) {
      answer = { ok: false, error: "Temporary failure in name resolution" };
    }
  }
  return answer;
}

/** The name of an address, or undefined where none is known. */
export function* resolveAddress(sys: Sys, address: Ipv4): Blocking<string | undefined> {
  const found = yield* findName(sys, address);
  return found === "try again" ? undefined : found?.name;
}

/** getnameinfo(3): the name, or the digits; undefined when no name server answers, EAI_AGAIN. */
export function* nameInfo(sys: Sys, address: Ipv4): Blocking<string | undefined> {
  const found = yield* findName(sys, address);
  return found === "try again" ? undefined : (found?.name ?? formatIpv4(address));
}

function* findName(
  sys: Sys,
  address: Ipv4,
): Blocking<{ readonly name: string | undefined } | "try again" | undefined> {
  const sources = hostSources(sys);
  if (sources.includes("files")) {
    const entry = readHosts(sys).find((known) => known.address === address);
    if (entry) return { name: entry.names[0] };
  }
  if (!sources.includes("dns")) return undefined;
  const reply = yield* askServers(sys, reverseName(address), DNS_TYPE_PTR);
  if (!reply) return "try again";
  return { name: reply.answers.find((record) => record.type === DNS_TYPE_PTR)?.target };
}

/**
 * The forms of inet_aton(3): one to four numbers, decimal, octal or hexadecimal; the last fills
 * the bytes that are left (`10.1` is 10.0.0.1, `0` is 0.0.0.0).
 */
function inetAton(text: string): Ipv4 | undefined {
  const dotted = parseIpv4(text);
  if (dotted !== undefined) return dotted;
  const parts = text.split(".");
  if (parts.length > 4) return undefined;
  const numbers = parts.map((part) =>
    /^0[xX][0-9a-fA-F]+$/.test(part)
      ? Number.parseInt(part, 16)
      : /^0[0-7]*$/.test(part)
        ? Number.parseInt(part, 8)
        : /^[1-9]\d*$/.test(part)
          ? Number(part)
          : Number.NaN,
  );
  const last = numbers.pop() as number;
  const room = 256 ** (4 - numbers.length);
  if (!(last < room) || !numbers.every((number) => number <= 255)) return undefined;
  const high = numbers.reduce((total, number, index) => total + number * 256 ** (3 - index), 0);
  return (high + last) as Ipv4;
}

/** The lines of /etc/hosts, in order. */
export function readHosts(
  sys: Sys,
): readonly { readonly address: Ipv4; readonly names: readonly string[] }[] {
  return readLines(sys, "/etc/hosts").flatMap((line) => {
    const [text = "", ...names] = line.split(/\s+/);
    const address = parseIpv4(text);
    return address === undefined ? [] : [{ address, names }];
  });
}

function notKnown(): Resolved {
  return { ok: false, error: "Name or service not known" };
}

function isNonEmpty(list: readonly Ipv4[]): list is readonly [Ipv4, ...Ipv4[]] {
  return list.length > 0;
}

/** Lines without comments and surrounding space; none if there is no such file. */
function readLines(sys: Sys, path: string): readonly string[] {
  try {
    return sys
      .readTextFile(path)
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim())
      .filter((line) => line !== "");
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}

/** nsswitch.conf(5): without a line for hosts, `files dns`. */
function hostSources(sys: Sys): readonly string[] {
  const line = readLines(sys, "/etc/nsswitch.conf").find((text) => text.startsWith("hosts:"));
  return line?.slice("hosts:".length).trim().split(/\s+/) ?? ["files", "dns"];
}

/** A name without a dot is tried in the search domains first (ndots:1). */
function searchList(sys: Sys, name: string): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const line = readLines(sys, "/etc/resolv.conf").findLast((text) =>
    /^(search|domain)\s/.test(text),
  );
  const domains = line?.split(/\s+/).slice(1) ?? [];
  const longer = domains.map((domain) => `${name}.${domain}`);
  return name.includes(".") ? [name, ...longer] : [...longer, name];
}

/** The first usable reply; undefined when no server answered. */
function* askServers(sys: Sys, name: string, type: number): Blocking<DnsMessage | undefined> {
  const configured = readLines(sys, "/etc/resolv.conf").flatMap((line) => {
    const [keyword, text = ""] = line.split(/\s+/);
    const address = keyword === "nameserver" ? parseIpv4(text) : undefined;
    return address === undefined ? [] : [address];
  });
  const servers = configured.length > 0 ? configured.slice(0, MAX_SERVERS) : [IPV4_LOOPBACK];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    for (const server of servers) {
      const reply = yield* ask(sys, server, name, type);
      if (reply) return reply;
    }
  }
  return undefined;
}

function* ask(
  sys: Sys,
  server: Ipv4,
  name: string,
  type: number,
): Blocking<DnsMessage | undefined> {
  const id = sys.random.below(65536);
  const query = serialiseDnsMessage({
    id,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    responseCode: DNS_NOERROR,
    questions: [{ name, type }],
    answers: [],
  });
  if (!query) return undefined;
  const fd = sys.socket("inet", "dgram");
  try {
    yield* sys.connect(fd, { ip: server, port: DNS_PORT });
    yield* sys.send(fd, query);
    const deadlineNs = sys.monotonicNs() + TIMEOUT_NS;
    for (;;) {
      const leftNs = deadlineNs - sys.monotonicNs();
      const datagram = leftNs > 0 ? yield* sys.recvfrom(fd, 65535, leftNs) : undefined;
      if (!datagram) return undefined;
      const reply = parseDnsMessage(datagram.data);
      if (reply?.response && reply.id === id) return reply;
    }
  } catch (error) {
    // Unreachable or refused: the next server may answer.
    if (error instanceof KernelError && error.errno !== "EINTR") return undefined;
    throw error;
  } finally {
    sys.close(fd);
  }
}
