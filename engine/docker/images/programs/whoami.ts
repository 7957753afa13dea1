import { formatIpv4 } from "../../../net/address.ts";
import { formatIpv6 } from "../../../net/ipv6.ts";
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import { httpDate, type HttpRequest } from "../../../programs/support/http-server.ts";
import { endpoint, logTime } from "./go-log.ts";
import { listenOn, serveHttp, type Answer, type Exchange } from "./http-service.ts";

const MILLISECOND_NS = 1_000_000;
const UNITS: Readonly<Record<string, number>> = { ms: MILLISECOND_NS, s: 1000 * MILLISECOND_NS };

/** traefik/whoami: tells what it knows of itself and of the request. */
export const whoami: Program = {
  name: "whoami",
  package: "whoami",
  directory: "",
  docs: {
    summary: "tell of oneself and of the request over HTTP",
    synopsis: "whoami [--port PORT] [--name NAME]",
    limitations: ["Paths: /, /api, /bench, /health and ?wait=DURATION. No TLS, no WebSocket."],
  },
  *main(sys, argv) {
    const flag = (name: string): string | undefined => {
      const at = argv.findIndex((word) => new RegExp(`^--?${name}(=|$)`).test(word));
      return at < 0 ? undefined : (/=(.*)/.exec(argv[at] ?? "")?.[1] ?? argv[at + 1]);
    };
    const port = flag("port") ?? sys.env.get("WHOAMI_PORT_NUMBER") ?? "80";
    const name = flag("name") ?? sys.env.get("WHOAMI_NAME");
    const listener = listenOn(sys, Number(port));
    if (listener instanceof KernelError) {
      yield* sys.printError(
        `${logTime(sys)} listen tcp :${port}: bind: ${strerror(listener.errno).toLowerCase()}\n`,
      );
      return 1;
    }
    yield* sys.printError(`${logTime(sys)} Starting up on port ${port}\n`);
    yield* serveHttp(sys, listener, { answer: (exchange) => answer(sys, name, exchange) });
    return 0;
  },
};

function answer(sys: Sys, name: string | undefined, exchange: Exchange): Answer {
  const { request } = exchange;
  const [path = "/", query = ""] = request.target.split("?");
  const date = `Date: ${httpDate(sys.realtimeSeconds())}`;
  const text = (body: string): Answer => ({
    status: 200,
    headers: [date, "Content-Type: text/plain; charset=utf-8"],
    body,
  });
  if (path === "/bench") return text("1");
  if (path === "/health") return { status: 200, headers: [date], body: "" };
  if (path === "/api") {
    const data = {
      hostname: sys.hostname(),
      ip: addresses(sys),
      headers: headersOf(request),
      url: request.target,
      host: request.header("host") ?? "",
      method: request.method,
      ...(name !== undefined && { name }),
      remoteAddr: endpoint(exchange.peer),
    };
    return {
      status: 200,
      headers: ["Content-Type: application/json", date],
      body: `${JSON.stringify(data)}\n`,
    };
  }
  const lines = [
    ...(name === undefined ? [] : [`Name: ${name}`]),
    `Hostname: ${sys.hostname()}`,
    ...addresses(sys).map((ip) => `IP: ${ip}`),
    `RemoteAddr: ${endpoint(exchange.peer)}`,
  ];
  const [, amount, unit = ""] = /(?:^|&)wait=(\d+)(ms|s)(?:&|$)/.exec(query) ?? [];
  const page = text(`${lines.join("\n")}\n${requestText(request)}`);
  return amount === undefined ? page : { ...page, delayNs: Number(amount) * (UNITS[unit] ?? 0) };
}

function addresses(sys: Sys): string[] {
  const { rtnetlink } = sys;
  return rtnetlink.links().flatMap(({ ifindex }) => [
    ...rtnetlink
      .addresses()
      .filter((each) => each.ifindex === ifindex)
      .map(({ address }) => formatIpv4(address)),
    ...rtnetlink
      .addresses6()
      .filter((each) => each.ifindex === ifindex)
      .map(({ address }) => formatIpv6(address)),
  ]);
}

/** As Go's server has them: Host is not among them. */
function headersOf(request: HttpRequest): Record<string, string[]> {
  const found: [string, string][] = [];
  for (const name of [
    "Accept",
    "Accept-Encoding",
    "Connection",
    "User-Agent",
    "X-Forwarded-For",
    "X-Real-Ip",
  ]) {
    const value = request.header(name.toLowerCase());
    if (value !== undefined) found.push([name, value]);
  }
  return Object.fromEntries(found.map(([name, value]) => [name, [value]]));
}

/** Host and User-Agent come first, then the others by name. */
function requestText(request: HttpRequest): string {
  const headers = headersOf(request);
  const agent = headers["User-Agent"]?.[0];
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: ${request.header("host") ?? ""}`,
    ...(agent === undefined ? [] : [`User-Agent: ${agent}`]),
    ...Object.entries(headers)
      .filter(([name]) => name !== "User-Agent")
      .map(([name, [value]]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
