/** What a worker process does: answers requests for files, over connections that stay open. */
import { formatIpv4 } from "../../net/address.ts";
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../kernel/process/sys.ts";
import { SECOND } from "../../sim/clock.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import {
  clock,
  httpDate,
  type HttpRequest,
  logDay,
  RequestReader,
  sendAll,
  type Serving,
} from "../support/http-server.ts";
import { strftime } from "../support/calendar.ts";
import { decodePercent } from "../support/url.ts";
import type { Location, ServerBlock, Serving as Rules } from "./config.ts";
import type { Log } from "./log.ts";

/** keepalive_timeout of Debian's nginx.conf. */
const KEEPALIVE_NS = 65 * SECOND;
/** client_header_timeout */
const HEADER_NS = 60 * SECOND;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  301: "Moved Permanently",
  302: "Moved Temporarily",
  304: "Not Modified",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
};

/** From /etc/nginx/mime.types. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  xml: "text/xml",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "application/javascript",
  txt: "text/plain",
  png: "image/png",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  json: "application/json",
  pdf: "application/pdf",
  zip: "application/zip",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
};

interface Response {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Uint8Array;
  readonly headers: readonly string[];
  /** With Content-Length, whatever the body. */
  readonly hasLength: boolean;
}

export class Worker {
  constructor(
    private readonly sys: Sys,
    private readonly servers: readonly ServerBlock[],
    private readonly log: Log,
    /** `nginx/1.26.3` */
    private readonly version: string,
    /** Of all workers: they share it as memory. */
    private readonly connections: { count: number },
  ) {}

  *serve(fd: number, peer: SocketAddress): Serving<void> {
    const number = ++this.connections.count;
    const local = this.sys.getsockname(fd);
    const reader = new RequestReader(this.sys, fd);
    let deadlineNs = this.sys.monotonicNs() + HEADER_NS;
    for (;;) {
      const request = yield* reader.next(deadlineNs);
      if (request === undefined) return;
      const isKept = yield* this.answer(fd, peer, local, request, number);
      if (!isKept) return;
      deadlineNs = this.sys.monotonicNs() + KEEPALIVE_NS;
    }
  }

  /** True: the connection is kept for another request. */
  private *answer(
    fd: number,
    peer: SocketAddress,
    local: SocketAddress,
    request: HttpRequest | "malformed",
    number: number,
  ): Serving<boolean> {
    if (request === "malformed") {
      const [server] = this.servers;
      const rules = server?.serving;
      yield* this.send(fd, { peer, request: undefined, rules }, this.errorPage(400), false);
      return false;
    }
    const connection = request.header("connection")?.toLowerCase();
    const isKept = request.version === "1.1" ? connection !== "close" : connection === "keep-alive";
    const server = this.choose(local, request);
    const exchange: Exchange = { peer, request, local, server, number };
    const [target = "/"] = request.target.split("?");
    const path = decodePercent(target);
    const location = chooseLocation(server, path);
    const rules = location?.serving ?? server.serving;
    const response = yield* this.respond(exchange, path, rules, location);
    yield* this.send(fd, { peer, request, rules }, response, isKept);
    return isKept;
  }

  /** The server of that name among those that listen there; the first is the default. */
  private choose(local: SocketAddress, request: HttpRequest): ServerBlock {
    const host = request.header("host")?.replace(/:\d+$/, "").toLowerCase();
    const candidates = this.servers.filter(({ listen }) =>
      listen.some(
        ({ family, ip, port }) =>
          family === 4 && port === local.port && (ip === 0 || ip === local.ip),
      ),
    );
    const named = candidates.find(({ names }) => host !== undefined && names.includes(host));
    return named ?? candidates[0] ?? (this.servers[0] as ServerBlock);
  }

  private *respond(
    { request, local, server, peer, number }: Exchange,
    path: string,
    rules: Rules,
    location: Location | undefined,
  ): Serving<Response> {
    const answer = server.serving.answer ?? rules.answer;
    if (answer) return this.fixed(answer, rules.defaultType);
    if (request.method !== "GET" && request.method !== "HEAD") return this.errorPage(405);
    if (!path.startsWith("/") || path.split("/").includes("..")) return this.errorPage(400);
    const complain = (text: string): Serving<void> =>
      this.log.error(
        "error",
        `*${number} ${text}, client: ${formatIpv4(peer.ip)}, server: ${server.names[0] ?? ""}, ` +
          `request: "${request.line}", host: "${request.header("host") ?? ""}"`,
      );
    const file = fileOf(path, rules, location);
    if (rules.isDenied) {
      yield* complain("access forbidden by rule");
      return this.errorPage(403);
    }
    try {
      const stat = this.sys.stat(file);
      if (stat.kind !== "directory") {
        if (path.endsWith("/")) throw new KernelError("ENOTDIR");
        return this.file(file, stat.modifiedSeconds, request, rules);
      }
      if (!path.endsWith("/")) {
        const host = request.header("host") ?? formatIpv4(local.ip);
        return this.redirect(301, `http://${host}${path}/`);
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.errno !== "ENOENT" || !path.endsWith("/")) {
        yield* complain(
          `open() "${file}" failed (${errnoNumber(error.errno)}: ${strerror(error.errno)})`,
        );
      } else
        yield* complain(`"${file}${rules.index[0]}" is not found (2: No such file or directory)`);
      return this.errorPage(error.errno === "EACCES" ? 403 : 404);
    }
    for (const name of rules.index) {
      const candidate = `${file}${name}`;
      const seconds = this.modified(candidate);
      if (seconds !== undefined) return this.file(candidate, seconds, request, rules);
    }
    if (rules.autoindex) return this.listing(file, path);
    yield* complain(`directory index of "${file}" is forbidden`);
    return this.errorPage(403);
  }

  /** `return STATUS TEXT` */
  private fixed(answer: { status: number; text: string }, type: string): Response {
    const { status, text } = answer;
    if (status >= 300 && status < 400) return this.redirect(status, text);
    if (text === "" && status >= 400) return this.errorPage(status);
    return { status, type, body: encodeUtf8(text), headers: [], hasLength: true };
  }

  private modified(path: string): number | undefined {
    try {
      const stat = this.sys.stat(path);
      return stat.kind === "file" ? stat.modifiedSeconds : undefined;
    } catch (error) {
      if (error instanceof KernelError) return undefined;
      throw error;
    }
  }

  private file(
    path: string,
    modifiedSeconds: number,
    request: HttpRequest,
    rules: Rules,
  ): Response {
    const body = this.sys.readFile(path);
    const modified = httpDate(modifiedSeconds);
    const tag = `"${Math.floor(modifiedSeconds).toString(16)}-${body.length.toString(16)}"`;
    const headers = [`Last-Modified: ${modified}`];
    const isKnown =
      request.header("if-none-match") === tag || request.header("if-modified-since") === modified;
    if (isKnown) {
      headers.push(`ETag: ${tag}`);
      return { status: 304, type: undefined, body: new Uint8Array(0), headers, hasLength: false };
    }
    const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
    const type = TYPES[extension] ?? rules.defaultType;
    return {
      status: 200,
      type,
      body,
      headers: [...headers, "@connection", `ETag: ${tag}`, "Accept-Ranges: bytes"],
      hasLength: true,
    };
  }

  private redirect(status: number, location: string): Response {
    const page = this.errorPage(status);
    return { ...page, headers: [`Location: ${location}`] };
  }

  private errorPage(status: number): Response {
    const title = `${status} ${REASONS[status] ?? ""}`.trimEnd();
    const html =
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
      `<center><h1>${title}</h1></center>\r\n<hr><center>${this.version}</center>\r\n` +
      `</body>\r\n</html>\r\n`;
    return { status, type: "text/html", body: encodeUtf8(html), headers: [], hasLength: true };
  }

  /** autoindex on */
  private listing(directory: string, path: string): Response {
    const entries = [...this.sys.readdir(directory)]
      .filter((name) => !name.startsWith("."))
      .map((name) => ({ name, stat: this.sys.stat(`${directory}${name}`) }))
      .sort(
        (a, b) =>
          Number(b.stat.kind === "directory") - Number(a.stat.kind === "directory") ||
          (a.name < b.name ? -1 : 1),
      );
    const lines = entries.map(({ name, stat }) => {
      const isDirectory = stat.kind === "directory";
      const shown = isDirectory ? `${name}/` : name;
      const date = strftime("%d-%b-%Y %H:%M", stat.modifiedSeconds);
      const size = isDirectory ? "-" : String(stat.sizeBytes);
      const gap = " ".repeat(Math.max(1, 51 - shown.length));
      return `<a href="${shown}">${shown}</a>${gap}${date}${size.padStart(20)}\r\n`;
    });
    const title = `Index of ${path}`;
    const html =
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre>` +
      `<a href="../">../</a>\r\n${lines.join("")}</pre><hr></body>\r\n</html>\r\n`;
    return { status: 200, type: "text/html", body: encodeUtf8(html), headers: [], hasLength: true };
  }

  private *send(fd: number, to: Recipient, response: Response, isKept: boolean): Serving<void> {
    const { request } = to;
    const { status, type, body, headers, hasLength } = response;
    const connection = `Connection: ${isKept ? "keep-alive" : "close"}`;
    const placed = headers.indexOf("@connection");
    const before = placed < 0 ? [] : headers.slice(0, placed);
    const after = placed < 0 ? headers : headers.slice(placed + 1);
    const lines = [
      `HTTP/1.1 ${status} ${REASONS[status] ?? ""}`,
      `Server: ${this.version}`,
      `Date: ${httpDate(this.sys.realtimeSeconds())}`,
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      ...(hasLength ? [`Content-Length: ${body.length}`] : []),
      ...before,
      ...(placed < 0 && after.some((line) => line.startsWith("Location")) ? after : []),
      connection,
      ...(placed < 0 && after.some((line) => line.startsWith("Location")) ? [] : after),
    ];
    const isHead = request?.method === "HEAD";
    const head = encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`);
    const whole = new Uint8Array(head.length + (isHead ? 0 : body.length));
    whole.set(head);
    if (!isHead) whole.set(body, head.length);
    yield* sendAll(this.sys, fd, whole);
    yield* this.logAccess(to, status, isHead ? 0 : body.length);
  }

  private *logAccess(to: Recipient, status: number, bytes: number): Serving<void> {
    const now = this.sys.realtimeSeconds();
    const value = (name: string): string => {
      switch (name) {
        case "remote_addr":
          return formatIpv4(to.peer.ip);
        case "time_local":
          return `${logDay(now)}:${clock(now)} +0000`;
        case "request":
          return to.request?.line ?? "";
        case "status":
          return String(status);
        case "body_bytes_sent":
          return String(bytes);
        case "request_method":
          return to.request?.method ?? "-";
        case "request_uri":
          return to.request?.target ?? "-";
        case "host":
          return to.request?.header("host")?.replace(/:\d+$/, "") ?? "-";
        default:
          return name.startsWith("http_")
            ? (to.request?.header(name.slice("http_".length).replaceAll("_", "-")) ?? "-")
            : "-";
      }
    };
    for (const { path, format } of to.rules?.accessLogs ?? []) {
      const line = format.replace(/\$(\w+)/g, (_whole, name: string) => value(name));
      yield* this.log.write(path, `${line}\n`);
    }
  }
}

/** A request, and where it came in. */
interface Exchange {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly request: HttpRequest;
  readonly server: ServerBlock;
  /** Of the connection, for the error log. */
  readonly number: number;
}

/** To whom an answer goes, and what is logged of it. */
interface Recipient {
  readonly peer: SocketAddress;
  readonly request: HttpRequest | undefined;
  readonly rules: Rules | undefined;
}

/** An exact path, else the longest prefix unless a regular expression matches. */
function chooseLocation({ locations }: ServerBlock, path: string): Location | undefined {
  const exact = locations.find(({ kind, path: own }) => kind === "exact" && own === path);
  if (exact) return exact;
  const prefix = locations
    .filter(({ kind, path: own }) => kind === "prefix" && path.startsWith(own))
    .reduce<Location | undefined>(
      (best, each) => (best && best.path.length >= each.path.length ? best : each),
      undefined,
    );
  if (prefix?.isFinal) return prefix;
  return locations.find(({ regex }) => regex?.matcher(path).find()) ?? prefix;
}

function fileOf(path: string, rules: Rules, location: Location | undefined): string {
  if (rules.alias === undefined || !location) return rules.root + path;
  return rules.alias + path.slice(location.path.length);
}
