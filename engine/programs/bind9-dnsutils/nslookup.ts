import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_SERVFAIL,
  DNS_TYPE_A,
  DNS_TYPE_AAAA,
  DNS_TYPE_ANY,
  DNS_TYPE_CNAME,
  DNS_TYPE_MX,
  DNS_TYPE_NS,
  DNS_TYPE_PTR,
  DNS_TYPE_SOA,
  DNS_TYPE_TXT,
  type DnsRecord,
} from "../../net/dns.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds } from "../../sim/clock.ts";
import { LineReader } from "../support/streams.ts";
import { BIND_VERSION } from "./dig.ts";
import { askServers, configuredServers, searchNames, serverAddress, type Reply } from "./query.ts";
import { dataText, parseType, reverseOf, statusText, typeText } from "./text.ts";

/** What `set` and the options change. */
interface Settings {
  /** Undefined: addresses of names, names of addresses. */
  type: number | undefined;
  port: number;
  timeoutSeconds: number;
  retries: number;
  recursion: boolean;
  search: boolean;
  server: Ipv4 | undefined;
}

class Refusal extends Error {}

export const nslookup: Program = {
  name: "nslookup",
  package: "bind9-dnsutils",
  docs: {
    summary: "query Internet name servers interactively",
    synopsis: "nslookup [-option] [name | -] [server]",
    options: [
      ["-type=TYPE, -query=TYPE", "the type to ask for"],
      ["-port=PORT, -timeout=SECONDS, -retry=N", "how to ask"],
      ["-[no]recurse, -[no]search", "what to ask for"],
      ["server NAME, set OPTION, exit", "commands, without a name on the command line"],
    ],
    examples: ["nslookup www.lab", "nslookup -type=mx lab 10.0.0.1"],
    limitations: ["Debugging output, TCP, ANY and other commands are refused by name."],
  },

  *main(sys, argv) {
    const settings: Settings = {
      type: undefined,
      port: 53,
      timeoutSeconds: 5,
      retries: 2,
      recursion: true,
      search: true,
      server: undefined,
    };
    const operands: string[] = [];
    try {
      for (const word of argv.slice(1)) {
        if (word === "-version") {
          yield* sys.print(`nslookup ${BIND_VERSION}\n`);
          return 0;
        }
        if (word.startsWith("-") && word !== "-") applyOption(settings, word.slice(1));
        else operands.push(word);
      }
      const [name, server] = operands;
      if (server !== undefined) yield* useServer(sys, settings, server);
      if (name === undefined || name === "-") return yield* interactive(sys, settings);
      return yield* lookUp(sys, settings, name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield* sys.printError(`${error.message}\n`);
      return 1;
    }
  },
};

function applyOption(settings: Settings, text: string): void {
  const [name = "", value = ""] = text.toLowerCase().split("=");
  const number = Number(value);
  switch (name) {
    case "type":
    case "querytype":
    case "query":
    case "q":
    case "ty": {
      const type = parseType(value);
      if (type === undefined) throw new Refusal(`unknown query type: ${value}`);
      if (type === DNS_TYPE_ANY) {
        throw new Refusal("nslookup: Podwire does not model queries for ANY, which need TCP");
      }
      settings.type = type;
      return;
    }
    case "port":
    case "po":
      settings.port = number;
      return;
    case "timeout":
    case "t":
      settings.timeoutSeconds = Math.max(1, number);
      return;
    case "retry":
    case "ret":
      settings.retries = number;
      return;
    case "recurse":
    case "norecurse":
      settings.recursion = name === "recurse";
      return;
    case "search":
    case "nosearch":
      settings.search = name === "search";
      return;
    case "debug":
    case "d2":
    case "vc":
    case "class":
    case "domain":
    case "fail":
    case "all":
      throw new Refusal(`nslookup: Podwire does not model the option '${text}'`);
    default:
      throw new Refusal(`*** Invalid option: ${text}`);
  }
}

function* useServer(sys: Sys, settings: Settings, name: string): Blocking<void> {
  settings.server = yield* serverAddress(sys, name);
  if (settings.server === undefined) {
    throw new Refusal(`nslookup: couldn't get address for '${name}': failure`);
  }
}

function* interactive(sys: Sys, settings: Settings): Blocking<number> {
  const lines = new LineReader(sys, 0);
  const prompt = sys.isatty(0) ? "> " : "";
  let status = 0;
  for (;;) {
    yield* sys.print(prompt);
    const line = yield* lines.next();
    if (line === undefined) return status;
    const [command = "", ...rest] = line.trim().split(/\s+/);
    if (command === "") continue;
    if (command === "exit") return status;
    if (command === "set") for (const option of rest) applyOption(settings, option);
    else if (command === "server" || command === "lserver") {
      yield* useServer(sys, settings, rest[0] ?? "");
      const ip = settings.server as Ipv4;
      yield* sys.print(`Default server: ${rest[0]}\nAddress: ${formatIpv4(ip)}#${settings.port}\n`);
    } else {
      if (rest[0] !== undefined) yield* useServer(sys, settings, rest[0]);
      status = yield* lookUp(sys, settings, command);
    }
  }
}

function* lookUp(sys: Sys, settings: Settings, name: string): Blocking<number> {
  const reverse = reverseOf(name);
  if (reverse !== undefined && (settings.type === undefined || settings.type === DNS_TYPE_PTR)) {
    const reply = yield* ask(sys, settings, [reverse], DNS_TYPE_PTR);
    if (!reply) return 1;
    if (reply.message.responseCode !== DNS_NOERROR) {
      yield* sys.print(notFound(reverse, reply));
      return 1;
    }
    yield* sys.print(`${reply.message.answers.map(sentence).join("")}\n`);
    return 0;
  }
  const names = settings.search ? searchNames(sys, name) : [name];
  const type = settings.type ?? DNS_TYPE_A;
  const reply = yield* ask(sys, settings, names, type);
  if (!reply) return 1;
  const { message } = reply;
  const asked = message.questions[0]?.name ?? name;
  if (message.responseCode === DNS_SERVFAIL) {
    yield* sys.print(`;; Got SERVFAIL reply from ${formatIpv4(reply.server.ip)}\n`);
  }
  yield* sys.print(serverText(reply));
  if (message.responseCode !== DNS_NOERROR) {
    yield* sys.print(notFound(name, reply));
    return 1;
  }
  yield* sys.print(message.answers.map(sentence).join(""));
  let found = message.answers.length > 0;
  if (settings.type === undefined) {
    const end = message.answers.findLast(({ type: kind }) => kind === DNS_TYPE_CNAME)?.target;
    const other = yield* ask(sys, settings, [end ?? asked], DNS_TYPE_AAAA);
    found ||= (other?.message.answers.length ?? 0) > 0;
  }
  yield* sys.print(found ? "\n" : `*** Can't find ${name}: No answer\n\n`);
  return 0;
}

function serverText({ server }: Reply): string {
  const address = formatIpv4(server.ip);
  return `Server:\t\t${address}\nAddress:\t${address}#${server.port}\n\n`;
}

function notFound(name: string, { message }: Reply): string {
  return `** server can't find ${name}: ${statusText(message.responseCode)}\n\n`;
}

function* ask(
  sys: Sys,
  settings: Settings,
  names: readonly string[],
  type: number,
): Blocking<Reply | undefined> {
  const { server, port, recursion } = settings;
  const servers = server === undefined ? configuredServers(sys, port) : [{ ip: server, port }];
  const retry = {
    tries: Math.max(1, settings.retries + (settings.retries === 2 ? 1 : 0)),
    timeoutNs: seconds(settings.timeoutSeconds),
  };
  let reply: Reply | undefined;
  for (const name of names) {
    reply = yield* askServers(sys, servers, { name, type, recursion }, retry);
    if (!reply) {
      yield* sys.print("\n");
      return undefined;
    }
    if (reply.message.responseCode !== DNS_NXDOMAIN) return reply;
  }
  return reply;
}

const SOA_NAMES = ["serial", "refresh", "retry", "expire", "minimum"] as const;

function sentence(record: DnsRecord): string {
  const { name, type, target, preference, soa } = record;
  switch (type) {
    case DNS_TYPE_A:
      return `Name:\t${name}\nAddress: ${dataText(record)}\n`;
    case DNS_TYPE_CNAME:
      return `${name}\tcanonical name = ${target}.\n`;
    case DNS_TYPE_PTR:
      return `${name}\tname = ${target}.\n`;
    case DNS_TYPE_MX:
      return `${name}\tmail exchanger = ${preference} ${target}.\n`;
    case DNS_TYPE_NS:
      return `${name}\tnameserver = ${target}.\n`;
    case DNS_TYPE_TXT:
      return `${name}\ttext = ${dataText(record)}\n`;
    case DNS_TYPE_SOA: {
      const numbers = SOA_NAMES.map((word, at) => `\t${word} = ${soa?.numbers[at]}\n`).join("");
      return `${name}\n\torigin = ${soa?.origin}\n\tmail addr = ${soa?.mailbox}\n${numbers}`;
    }
    default:
      return `${name}\trdata_${type} = ${dataText(record)} (${typeText(type)})\n`;
  }
}
