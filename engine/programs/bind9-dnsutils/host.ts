import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
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
  type DnsRecord,
} from "../../net/dns.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MILLISECOND, seconds } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { BIND_VERSION } from "./dig.ts";
import { askServers, configuredServers, searchNames, serverAddress, type Reply } from "./query.ts";
import {
  dataText,
  headerText,
  parseType,
  questionLine,
  recordLine,
  reverseOf,
  section,
  statusText,
  typeText,
} from "./text.ts";

const USAGE = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only
`;

const UNMODELLED = "AcClmNT6w";

interface HostOptions {
  readonly recursion: boolean;
  readonly verbose: boolean;
  readonly tries: number;
  readonly timeoutSeconds: number;
  readonly port: number;
  readonly server: Ipv4 | undefined;
  /** What the first reply is headed with. */
  banner: string;
}

export const host: Program = {
  name: "host",
  package: "bind9-dnsutils",
  docs: {
    summary: "DNS lookup utility",
    synopsis: "host [-adrsv4] [-t type] [-W time] [-R number] [-p port] hostname [server]",
    options: [
      ["-t TYPE", "the type to ask for"],
      ["-a, -v, -d", "verbose; -a asks for ANY"],
      ["-r", "without recursion"],
      ["-R NUMBER, -W SECONDS", "retries, and how long to wait"],
      ["-p PORT", "the server's port"],
      ["-V", "version"],
    ],
    examples: ["host www.lab", "host 10.0.0.5 10.0.0.1"],
    limitations: ["TCP, zone transfers (-l, -C), classes and IPv6 are refused by name."],
  },

  *main(sys, argv) {
    const parsed = getopt(argv, { short: "46aAc:CdilnN:m:p:rR:st:TUvVwW:" });
    if (!parsed.ok) {
      const text = parsed.error.replace(/invalid option -- '(.)'/, "illegal option -- $1");
      yield* sys.printError(`${text}\n${USAGE}`);
      return 1;
    }
    const flags = new Set(parsed.options.map(({ name }) => name));
    const valueOf = (wanted: string): string | undefined =>
      parsed.options.findLast(({ name }) => name === wanted)?.value;
    for (const letter of UNMODELLED) {
      if (!flags.has(letter)) continue;
      yield* sys.printError(`host: Podwire does not model the option '-${letter}'\n`);
      return 1;
    }
    if (flags.has("V")) {
      yield* sys.printError(`host ${BIND_VERSION}\n`);
      return 0;
    }
    const [name, server] = parsed.operands;
    if (name === undefined) {
      yield* sys.printError(USAGE);
      return 1;
    }
    const typed = valueOf("t");
    const type = flags.has("a") ? DNS_TYPE_ANY : typed === undefined ? undefined : parseType(typed);
    if (typed !== undefined && type === undefined) {
      yield* sys.printError(`host: invalid type: ${typed}\n`);
      return 1;
    }
    if (type === DNS_TYPE_ANY) {
      yield* sys.printError("host: Podwire does not model queries for ANY, which need TCP\n");
      return 1;
    }
    const ip = server === undefined ? undefined : yield* serverAddress(sys, server);
    if (server !== undefined && ip === undefined) {
      yield* sys.printError(`host: couldn't get address for '${server}': failure\n`);
      return 1;
    }
    const port = Number(valueOf("p") ?? 53);
    const options: HostOptions = {
      recursion: !flags.has("r"),
      verbose: flags.has("v") || flags.has("d"),
      tries: Number(valueOf("R") ?? 1) + 1,
      timeoutSeconds: Number(valueOf("W") ?? 5),
      port,
      server: ip,
      banner:
        server !== undefined && ip !== undefined
          ? `Using domain server:\nName: ${server}\nAddress: ${formatIpv4(ip)}#${port}\nAliases: \n\n`
          : "",
    };
    return yield* lookUp(sys, name, type, options);
  },
};

function* lookUp(
  sys: Sys,
  typed: string,
  type: number | undefined,
  options: HostOptions,
): Blocking<number> {
  const reverse = type === undefined ? reverseOf(typed) : undefined;
  if (reverse !== undefined) {
    return yield* lookUpOne(sys, [reverse], DNS_TYPE_PTR, `${reverse}.`, options);
  }
  const names = searchNames(sys, typed);
  if (type !== undefined) return yield* lookUpOne(sys, names, type, typed, options);
  const first = yield* ask(sys, names, DNS_TYPE_A, options);
  if (!first) return 1;
  if (first.reply.message.responseCode !== DNS_NOERROR) {
    yield* sys.print(notFound(typed, first.reply));
    return 1;
  }
  yield* printAnswers(sys, first.reply, options);
  const target = finalName(first.name, first.reply);
  for (const other of [DNS_TYPE_AAAA, DNS_TYPE_MX]) {
    const next = yield* ask(sys, [target], other, options);
    if (next) yield* printAnswers(sys, next.reply, options);
  }
  return 0;
}

function* lookUpOne(
  sys: Sys,
  names: readonly string[],
  type: number,
  shownName: string,
  options: HostOptions,
): Blocking<number> {
  const found = yield* ask(sys, names, type, options);
  if (!found) return 1;
  const { message } = found.reply;
  if (message.responseCode !== DNS_NOERROR) {
    yield* sys.print(notFound(shownName, found.reply));
    return 1;
  }
  yield* printAnswers(sys, found.reply, options);
  if (message.answers.length === 0 && !options.verbose) {
    yield* sys.print(`${found.name} has no ${typeText(type)} record\n`);
  }
  return 0;
}

function notFound(name: string, { message: { responseCode } }: Reply): string {
  return `Host ${name} not found: ${responseCode}(${statusText(responseCode)})\n`;
}

/** The answer for the first of the names that exists, or for the last. */
function* ask(
  sys: Sys,
  names: readonly string[],
  type: number,
  options: HostOptions,
): Blocking<{ readonly name: string; readonly reply: Reply } | undefined> {
  const { port, server, recursion, tries, timeoutSeconds } = options;
  const servers = server === undefined ? configuredServers(sys, port) : [{ ip: server, port }];
  let found: { readonly name: string; readonly reply: Reply } | undefined;
  for (const name of names) {
    if (options.verbose) yield* sys.print(`Trying "${name}"\n`);
    const retry = { tries, timeoutNs: seconds(timeoutSeconds) };
    const reply = yield* askServers(sys, servers, { name, type, recursion }, retry);
    if (!reply) return undefined;
    yield* sys.print(options.banner);
    options.banner = "";
    found = { name, reply };
    if (reply.message.responseCode !== DNS_NXDOMAIN) return found;
  }
  return found;
}

/** Where the chain of aliases ends. */
function finalName(name: string, { message }: Reply): string {
  let end = name;
  for (const record of message.answers) {
    if (record.type === DNS_TYPE_CNAME && record.target !== undefined) end = record.target;
  }
  return end;
}

function* printAnswers(sys: Sys, reply: Reply, options: HostOptions): Blocking<void> {
  const { message, server, bytes, tookNs } = reply;
  if (!options.verbose) {
    yield* sys.print(message.answers.map(sentence).join(""));
    return;
  }
  const { authority = [], additional = [] } = message;
  yield* sys.print(
    `${headerText(message, additional.length)}\n` +
      section(
        "QUESTION",
        message.questions.map(({ name, type }) => questionLine(name, type)),
      ) +
      section("ANSWER", message.answers.map(recordLine)) +
      section("AUTHORITY", authority.map(recordLine)) +
      section("ADDITIONAL", additional.map(recordLine)) +
      `Received ${bytes} bytes from ${formatIpv4(server.ip)}#${server.port} in ${Math.floor(tookNs / MILLISECOND)} ms\n`,
  );
}

const VERBS = new Map([
  [DNS_TYPE_A, "has address"],
  [DNS_TYPE_CNAME, "is an alias for"],
  [DNS_TYPE_PTR, "domain name pointer"],
  [DNS_TYPE_MX, "mail is handled by"],
  [DNS_TYPE_TXT, "descriptive text"],
  [DNS_TYPE_SOA, "has SOA record"],
  [DNS_TYPE_NS, "name server"],
  [DNS_TYPE_SRV, "has SRV record"],
]);

function sentence(record: DnsRecord): string {
  const verb = VERBS.get(record.type) ?? `has ${typeText(record.type)} record`;
  return `${record.name} ${verb} ${dataText(record)}\n`;
}
