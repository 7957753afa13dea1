import { formatIpv4 } from "../../net/address.ts";
import { DNS_TYPE_ANY } from "../../net/dns.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MILLISECOND, seconds } from "../../sim/clock.ts";
import { strftime } from "../support/calendar.ts";
import { parseDig, USAGE, type DigQuery } from "./dig-options.ts";
import { askServers, configuredServers, searchNames, serverAddress, type Reply } from "./query.ts";
import { dataText, headerText, questionLine, recordLine, section } from "./text.ts";

export const BIND_VERSION = "9.18.49-1~deb12u3-Debian";

const EDNS_BYTES = 1232;
/** No server answered. */
const NO_REPLY = 9;

export const dig: Program = {
  name: "dig",
  package: "bind9-dnsutils",
  docs: {
    summary: "DNS lookup utility",
    synopsis: "dig [@server] [name] [type] [queryopt...]",
    options: [
      ["@SERVER", "whom to ask, instead of /etc/resolv.conf"],
      ["-x ADDRESS", "the name of an address"],
      ["-p PORT, -t TYPE, -q NAME", "port, type and name"],
      ["+short", "only the data"],
      ["+[no]all, +[no]cmd, +[no]comments, +[no]question", "what to print"],
      ["+[no]answer, +[no]authority, +[no]additional, +[no]stats", "what to print"],
      ["+time=SECONDS, +tries=N, +retry=N", "how long to wait, how often to ask"],
      ["+[no]recurse, +[no]edns, +[no]search", "what to ask for"],
      ["-v, -h", "version, help"],
    ],
    examples: ["dig @10.0.0.1 www.lab", "dig +short -x 10.0.0.5"],
    limitations: ["TCP, ANY, DNSSEC, +trace, EDNS options and IPv6 addresses are refused by name."],
  },

  *main(sys, argv) {
    const parsed = parseDig(argv);
    switch (parsed.kind) {
      case "version":
        yield* sys.printError(`DiG ${BIND_VERSION}\n`);
        return 0;
      case "help":
        yield* sys.print(USAGE);
        return 0;
      case "error":
        yield* sys.printError(parsed.text);
        return 1;
      case "run":
        break;
    }
    let status = 0;
    const banner = `\n; <<>> DiG ${BIND_VERSION} <<>> ${argv.slice(1).join(" ")}\n`;
    for (const [index, query] of parsed.queries.entries()) {
      const result = yield* lookUp(sys, query, index === 0 ? banner : "");
      if (result === 1) return 1;
      status = Math.max(status, result);
    }
    return status;
  },
};

function* lookUp(sys: Sys, query: DigQuery, banner: string): Blocking<number> {
  if (query.type === DNS_TYPE_ANY) {
    yield* sys.printError("dig: Podwire does not model queries for ANY, which need TCP\n");
    return 1;
  }
  let servers = configuredServers(sys, query.port);
  if (query.server !== undefined) {
    const ip = yield* serverAddress(sys, query.server);
    if (ip === undefined) {
      yield* sys.printError(`dig: couldn't get address for '${query.server}': not found\n`);
      return 1;
    }
    servers = [{ ip, port: query.port }];
  }
  const names = query.search ? searchNames(sys, query.name) : [query.name.replace(/\.$/, "")];
  const { shown } = query;
  const found = query.server === undefined ? "" : "; (1 server found)\n";
  const opening = shown.cmd && banner !== "" ? `${banner}${found};; global options: +cmd\n` : "";
  let reply: Reply | undefined;
  for (const name of names) {
    reply = yield* askServers(
      sys,
      servers,
      {
        name,
        type: query.type,
        recursion: query.recursion,
        ...(query.edns ? { ednsBytes: EDNS_BYTES } : {}),
      },
      { tries: query.tries, timeoutNs: seconds(query.timeoutSeconds) },
      opening,
    );
    if (!reply) return NO_REPLY;
    if (reply.message.answers.length > 0) break;
  }
  if (!reply) return NO_REPLY;
  yield* sys.print(opening);
  yield* sys.print(shown.short ? shortText(reply) : replyText(query, reply, nowText(sys)));
  return 0;
}

function nowText(sys: Sys): string {
  return strftime("%a %b %d %H:%M:%S UTC %Y", Math.floor(sys.realtimeSeconds()));
}

function shortText({ message }: Reply): string {
  return message.answers.map((record) => `${dataText(record)}\n`).join("");
}

function replyText(query: DigQuery, reply: Reply, now: string): string {
  const { shown } = query;
  const { message, server } = reply;
  const { answers, authority = [], additional = [], ednsBytes } = message;
  const extra = additional.length + (ednsBytes === undefined ? 0 : 1);
  const titled = (title: string, lines: readonly string[]): string =>
    shown.comments ? section(title, lines) : lines.join("");

  let text = "";
  if (shown.comments) {
    text += `;; Got answer:\n${headerText(message, extra)}`;
    if (query.recursion && !message.recursionAvailable) {
      text += ";; WARNING: recursion requested but not available\n";
    }
    text += "\n";
    if (shown.additional && ednsBytes !== undefined) {
      text += `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${ednsBytes}\n`;
    }
  }
  if (shown.question) {
    text += titled(
      "QUESTION",
      message.questions.map(({ name, type }) => questionLine(name, type)),
    );
  }
  if (shown.answer) text += titled("ANSWER", answers.map(recordLine));
  if (shown.authority) text += titled("AUTHORITY", authority.map(recordLine));
  if (shown.additional) text += titled("ADDITIONAL", additional.map(recordLine));
  if (shown.stats) {
    const address = formatIpv4(server.ip);
    text +=
      `;; Query time: ${Math.floor(reply.tookNs / MILLISECOND)} msec\n` +
      `;; SERVER: ${address}#${server.port}(${query.server ?? address}) (UDP)\n` +
      `;; WHEN: ${now}\n;; MSG SIZE  rcvd: ${reply.bytes}\n\n`;
  }
  return text;
}
