/** nslookup, which asks for both families of addresses at once. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_REFUSED,
  DNS_SERVFAIL,
  DNS_TYPE_A,
  DNS_TYPE_AAAA,
  DNS_TYPE_ANY,
  DNS_TYPE_CNAME,
  DNS_TYPE_MX,
  DNS_TYPE_NS,
  DNS_TYPE_PTR,
  DNS_TYPE_SOA,
  DNS_TYPE_SRV,
  DNS_TYPE_TXT,
  parseDnsMessage,
  reverseName,
  serialiseDnsMessage,
  type DnsMessage,
  type DnsRecord,
} from "../../net/dns.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import { resolveHost } from "../support/resolve.ts";
import type { Applet } from "./applet.ts";

const DNS_PORT = 53;
const TIMEOUT_NS = 5 * SECOND;
const ATTEMPTS = 2;

const TYPES: Readonly<Record<string, number>> = {
  a: DNS_TYPE_A,
  aaaa: DNS_TYPE_AAAA,
  any: DNS_TYPE_ANY,
  cname: DNS_TYPE_CNAME,
  mx: DNS_TYPE_MX,
  ns: DNS_TYPE_NS,
  ptr: DNS_TYPE_PTR,
  soa: DNS_TYPE_SOA,
  srv: DNS_TYPE_SRV,
  txt: DNS_TYPE_TXT,
};

const RESPONSES: Readonly<Record<number, string>> = {
  [DNS_SERVFAIL]: "SERVFAIL",
  [DNS_NXDOMAIN]: "NXDOMAIN",
  [DNS_REFUSED]: "REFUSED",
};

interface Query {
  readonly name: string;
  readonly type: number;
  readonly id: number;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const types: number[] = [];
  const operands: string[] = [];
  for (const word of argv.slice(1)) {
    const [, asked] = /^-(?:q|querytype|t|type)=(.*)$/.exec(word) ?? [];
    if (asked !== undefined) {
      const type = TYPES[asked.toLowerCase()];
      if (type === undefined) {
        yield* sys.printError(`nslookup: invalid query type "${asked}"\n`);
        return 1;
      }
      types.push(type);
    } else if (word.startsWith("-")) {
      yield* sys.printError(`nslookup: Podwire does not model '${word}' of BusyBox\n`);
      return 1;
    } else operands.push(word);
  }
  const [name, serverName] = operands;
  if (name === undefined) {
    yield* sys.printError("nslookup: Podwire does not model the usage text of BusyBox\n");
    return 1;
  }
  const server = yield* chooseServer(sys, serverName);
  if (server === undefined) {
    yield* sys.printError(`nslookup: bad address '${serverName}'\n`);
    return 1;
  }
  return yield* ask(sys, server, serverName, makeQueries(sys, name, types));
}

function* chooseServer(sys: Sys, name: string | undefined): Blocking<Ipv4 | undefined> {
  if (name !== undefined) {
    const found = yield* resolveHost(sys, name);
    return found.ok ? found.addresses[0] : undefined;
  }
  for (const line of configuration(sys)) {
    const [keyword, text = ""] = line.split(/\s+/);
    const address = keyword === "nameserver" ? parseIpv4(text) : undefined;
    if (address !== undefined) return address;
  }
  return parseIpv4("127.0.0.1");
}

function configuration(sys: Sys): readonly string[] {
  try {
    return sys.readTextFile("/etc/resolv.conf").split("\n");
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}

function makeQueries(sys: Sys, name: string, types: readonly number[]): readonly Query[] {
  const address = parseIpv4(name);
  const query = (full: string, type: number): Query => ({
    name: full,
    type,
    id: sys.random.below(65_536),
  });
  if (address !== undefined && types.length === 0) {
    return [query(reverseName(address), DNS_TYPE_PTR)];
  }
  const wanted = types.length > 0 ? types : [DNS_TYPE_A, DNS_TYPE_AAAA];
  return wanted.flatMap((type) => searched(sys, name).map((full) => query(full, type)));
}

/** A name without a dot is asked for in the search domains alone, if there are any. */
function searched(sys: Sys, name: string): readonly string[] {
  const line = configuration(sys).findLast((text) => /^(search|domain)\s/.test(text));
  const domains = line?.trim().split(/\s+/).slice(1) ?? [];
  if (name.includes(".") || domains.length === 0) return [name.replace(/\.$/, "")];
  return domains.map((domain) => `${name}.${domain}`);
}

function* ask(
  sys: Sys,
  server: Ipv4,
  serverName: string | undefined,
  queries: readonly Query[],
): Blocking<number> {
  const fd = sys.socket("inet", "dgram");
  try {
    yield* sys.connect(fd, { ip: server, port: DNS_PORT });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(
      `nslookup: can't connect to remote host (${formatIpv4(server)}): ${strerror(error.errno)}\n`,
    );
    return 1;
  }
  const replies: DnsMessage[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && replies.length < queries.length; attempt++) {
    const waiting = queries.filter(({ id }) => !replies.some((reply) => reply.id === id));
    yield* exchange(sys, fd, serverName ?? formatIpv4(server), waiting, replies);
  }
  if (replies.length === 0) {
    yield* sys.print(";; connection timed out; no servers could be reached\n\n");
    return 1;
  }
  yield* sys.print(
    `Server:\t\t${serverName ?? formatIpv4(server)}\nAddress:\t${formatIpv4(server)}:${DNS_PORT}\n\n`,
  );
  for (const reply of replies) yield* sys.print(replyText(reply));
  return replies.every(({ responseCode }) => responseCode === DNS_NOERROR) ? 0 : 1;
}

/** Sends all queries and takes what answers come in time. */
function* exchange(
  sys: Sys,
  fd: number,
  server: string,
  queries: readonly Query[],
  replies: DnsMessage[],
): Blocking<void> {
  try {
    for (const { id, name, type } of queries) {
      const message = serialiseDnsMessage({
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
      if (message) yield* sys.send(fd, message);
    }
    const deadlineNs = sys.monotonicNs() + TIMEOUT_NS;
    const isWaiting = () => queries.some(({ id }) => !replies.some((reply) => reply.id === id));
    while (isWaiting()) {
      const leftNs = deadlineNs - sys.monotonicNs();
      const datagram = leftNs > 0 ? yield* sys.recvfrom(fd, 65_535, leftNs) : undefined;
      if (!datagram) return;
      const reply = parseDnsMessage(datagram.data);
      const isOurs = reply?.response && queries.some(({ id }) => id === reply.id);
      if (reply && isOurs && !replies.some(({ id }) => id === reply.id)) replies.push(reply);
    }
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    yield* sys.printError(`nslookup: write to '${server}': ${strerror(error.errno)}\n`);
  }
}

function replyText(reply: DnsMessage): string {
  const [question] = reply.questions;
  if (reply.responseCode !== DNS_NOERROR) {
    const code = RESPONSES[reply.responseCode] ?? String(reply.responseCode);
    return `** server can't find ${question?.name ?? ""}: ${code}\n\n`;
  }
  const heading = reply.authoritative ? "" : "Non-authoritative answer:\n";
  return `${heading}${reply.answers.map(recordText).join("")}\n`;
}

function recordText(record: DnsRecord): string {
  switch (record.type) {
    case DNS_TYPE_A:
      return record.address === undefined
        ? ""
        : `Name:\t${record.name}\nAddress: ${formatIpv4(record.address)}\n`;
    case DNS_TYPE_PTR:
      return `${record.name}\tname = ${record.target ?? ""}\n`;
    case DNS_TYPE_CNAME:
      return `${record.name}\tcanonical name = ${record.target ?? ""}\n`;
    case DNS_TYPE_NS:
      return `${record.name}\tnameserver = ${record.target ?? ""}\n`;
    case DNS_TYPE_MX:
      return `${record.name}\tmail exchanger = ${record.preference ?? 0} ${record.target ?? ""}\n`;
    default:
      return "";
  }
}

export const nslookup: Applet = {
  name: "nslookup",
  summary: "Query DNS about HOST",
  directory: "/usr/bin",
  main,
};
