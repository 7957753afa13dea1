/** One URL of Wget: tries, redirections, the file. src/http.c, src/retr.c */
import { formatIpv4, type Ipv4, parseIpv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { type Ns, seconds } from "../../sim/clock.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import {
  type BodyOutcome,
  bodyLength,
  hasBody,
  readBody,
  readHead,
  type ResponseHead,
  staysOpen,
} from "../support/http-response.ts";
import { daysFromCivil } from "../support/calendar.ts";
import { resolveHost } from "../support/resolve.ts";
import { connectTcp, SocketStream } from "../support/tcp-client.ts";
import { formatUrl, parseUrl, resolveUrl, type Url } from "../support/url.ts";
import { averageRate, BarGauge, DotGauge, type Gauge, humanReadable } from "./gauge.ts";
import type { Log } from "./log.ts";
import type { WgetOptions } from "./options.ts";

/** Exit statuses, wget(1). */
export const STATUS_GENERIC = 1;
const STATUS_FILE = 3;
const STATUS_NETWORK = 4;
const STATUS_SERVER = 8;

const MAX_REDIRECTS = 20;
/** dlbufsize of fd_read_body() */
const READ_BYTES = 8192;
const WAIT_RETRY_SECONDS = 10;

/** What became of one attempt. */
type Attempt =
  | { readonly kind: "done"; readonly status: number }
  | { readonly kind: "again" }
  | { readonly kind: "redirect"; readonly to: string };

interface Connection {
  readonly key: string;
  readonly stream: SocketStream;
}

export interface Totals {
  files: number;
  bytes: number;
  elapsedNs: Ns;
}

export class Retriever {
  readonly totals: Totals = { files: 0, bytes: 0, elapsedNs: 0 };
  private connection: Connection | undefined;
  private readonly known = new Map<string, readonly Ipv4[]>();

  constructor(
    private readonly sys: Sys,
    private readonly options: WgetOptions,
    private readonly log: Log,
    /** The open file of -O; undefined: a file of its own for each URL. */
    private readonly document: number | undefined,
  ) {}

  close(): void {
    if (this.connection) this.sys.close(this.connection.stream.fd);
    this.connection = undefined;
  }

  /** Returns the exit status. */
  *retrieve(text: string): Blocking<number> {
    const { log, options } = this;
    const given = text.includes("://") ? text : `http://${text}`;
    let url = parseUrl(given);
    if (!url) return yield* this.refuseUrl(given);
    if (!["http", "https", "ftp"].includes(url.scheme)) {
      yield* log.notice(`${given}: Unsupported scheme ${log.quote(url.scheme)}.\n`);
      return STATUS_GENERIC;
    }
    const existing = this.clobbers(url);
    if (existing !== undefined) {
      yield* log.verbose(`File ${log.quote(existing)} already there; not retrieving.\n\n`);
      return 0;
    }
    if (options.switches.has("spider")) {
      yield* log.verbose("Spider mode enabled. Check if remote file exists.\n");
    }
    const most = Number(options.values.get("max-redirect") ?? MAX_REDIRECTS);
    let redirects = 0;
    for (let attempt = 1; ; attempt++) {
      const tries = attempt > 1 ? `(try:${String(attempt).padStart(2)})  ` : "";
      yield* log.verbose(`--${log.now}--  ${tries}${formatUrl(url)}\n`);
      const outcome = yield* this.attempt(url);
      if (outcome.kind === "done") return outcome.status;
      if (outcome.kind === "redirect") {
        redirects += 1;
        if (redirects > most) {
          yield* log.notice(`${most} redirections exceeded.\n`);
          return STATUS_SERVER;
        }
        const next = parseUrl(outcome.to);
        if (!next) return yield* this.refuseUrl(outcome.to);
        url = next;
        attempt = 0;
        continue;
      }
      if (options.tries !== 0 && attempt >= options.tries) {
        yield* log.verbose("Giving up.\n\n");
        return STATUS_NETWORK;
      }
      yield* log.verbose("Retrying.\n\n");
      const wait = Number(options.values.get("waitretry") ?? WAIT_RETRY_SECONDS);
      yield* this.sys.sleep(seconds(Math.min(attempt, wait)));
    }
  }

  private *refuseUrl(text: string): Blocking<number> {
    const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
    const reason = /:[^:\]]*$/.test(authority) ? "Bad port number" : "Invalid host name";
    yield* this.log.notice(`${text}: ${reason}.\n`);
    return STATUS_GENERIC;
  }

  private clobbers(url: Url): string | undefined {
    if (!this.options.switches.has("no-clobber") || this.document !== undefined) return undefined;
    const name = this.fileName(url);
    return exists(this.sys, name) ? name : undefined;
  }

  // ---------------------------------------------------------------- one attempt

  private *attempt(url: Url): Blocking<Attempt> {
    const { log, options } = this;
    const connection = yield* this.connect(url);
    if ("kind" in connection) return connection;
    if (url.scheme !== "http") {
      this.close();
      yield* log.always(`wget: Podwire does not model the protocol ${url.scheme}\n`);
      return done(STATUS_GENERIC);
    }
    const method = this.method;
    const sent = yield* connection.stream.send(encodeUtf8(this.request(url, method)));
    if (sent !== "sent") {
      this.close();
      yield* log.verbose(
        `Failed writing HTTP request: ${strerror(sent === "timeout" ? "ETIMEDOUT" : sent)}.\n`,
      );
      return { kind: "again" };
    }
    yield* log.verbose("HTTP request sent, awaiting response... ");
    const outcome = yield* readHead(connection.stream, () => this.readDeadline);
    if (!outcome.ok) return yield* this.headFailed(outcome.error);
    const { head } = outcome;
    yield* this.showHead(head);
    const location = head.header("location");
    if (location !== undefined && [300, 301, 302, 303, 307, 308].includes(head.status)) {
      yield* log.verbose(`Location: ${location} [following]\n`);
      yield* this.skipBody(connection, head);
      return { kind: "redirect", to: resolveUrl(url, location) };
    }
    if (options.switches.has("spider")) return yield* this.spiderAnswer(url, head);
    if (head.status < 200 || head.status >= 300) return yield* this.serverError(url, head);
    return yield* this.download(url, connection, head, method);
  }

  private get readDeadline(): Ns | undefined {
    const { readTimeoutSeconds } = this.options;
    if (!readTimeoutSeconds) return undefined;
    return this.sys.monotonicNs() + seconds(readTimeoutSeconds);
  }

  private get method(): string {
    const { switches, values } = this.options;
    if (values.has("post-data")) return "POST";
    return values.get("method")?.toUpperCase() ?? (switches.has("spider") ? "HEAD" : "GET");
  }

  private request(url: Url, method: string): string {
    const { values, switches, headers } = this.options;
    const host = url.port === 80 ? url.host : `${url.host}:${url.port}`;
    const custom = new Map(headers.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line]));
    const lines = [`${method} ${url.target} HTTP/1.1`];
    const add = (name: string, value: string | undefined): void => {
      if (value === undefined) return;
      const own = custom.get(name.toLowerCase());
      custom.delete(name.toLowerCase());
      lines.push(own ?? `${name}: ${value}`);
    };
    add("Host", host);
    add("Referer", values.get("referer"));
    add("User-Agent", values.get("user-agent") ?? "Wget/1.21.3");
    add("Accept", "*/*");
    add("Accept-Encoding", "identity");
    add("Connection", switches.has("no-http-keep-alive") ? "close" : "Keep-Alive");
    const body = values.get("post-data") ?? values.get("body-data");
    if (body !== undefined) {
      add("Content-Type", "application/x-www-form-urlencoded");
      add("Content-Length", String(encodeUtf8(body).length));
    }
    lines.push(...custom.values());
    return `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`;
  }

  private *headFailed(error: "timeout" | "empty" | "not-http" | string): Blocking<Attempt> {
    this.close();
    if (error === "empty") yield* this.log.verbose("No data received.\n");
    else if (error === "not-http") {
      yield* this.log.always("wget: Podwire does not model HTTP/0.9\n");
      return done(STATUS_GENERIC);
    } else {
      const errno = error === "timeout" ? "ETIMEDOUT" : (error as KernelError["errno"]);
      yield* this.log.verbose(`Read error (${strerror(errno)}) in headers.\n`);
    }
    return { kind: "again" };
  }

  private *showHead(head: ResponseHead): Blocking<void> {
    const { log } = this;
    if (!this.options.switches.has("server-response")) {
      yield* log.verbose(`${head.status} ${head.reason}\n`);
      return;
    }
    yield* log.verbose("\n");
    const lines = head.lines.slice(0, -1).map((line) => `  ${line.trimEnd()}\n`);
    yield* log.always(lines.join(""));
  }

  private *spiderAnswer(url: Url, head: ResponseHead): Blocking<Attempt> {
    const { log } = this;
    this.close();
    if (head.status >= 400) {
      yield* log.notice("Remote file does not exist -- broken link!!!\n");
      yield* log.verbose("\n");
      return done(STATUS_SERVER);
    }
    yield* log.verbose(lengthLine(head));
    const type = head.header("content-type");
    const isHtml = type === undefined || /^text\/html|^application\/xhtml/i.test(type);
    yield* log.verbose(
      isHtml
        ? "Remote file exists and could contain further links,\n" +
            "but recursion is disabled -- not retrieving.\n\n"
        : "Remote file exists.\n\n",
    );
    yield* log.brief(`${log.now} URL: ${formatUrl(url)} ${head.status} ${head.reason}\n`);
    return done(0);
  }

  private *serverError(url: Url, head: ResponseHead): Blocking<Attempt> {
    const { log } = this;
    this.close();
    yield* log.brief(`${formatUrl(url)}:\n`);
    yield* log.notice(`${log.now} ERROR ${head.status}: ${head.reason}.\n`);
    yield* log.verbose("\n");
    return done(STATUS_SERVER);
  }

  // ---------------------------------------------------------------- connecting

  private *connect(url: Url): Blocking<Connection | Attempt> {
    const { sys, log, options } = this;
    const key = `${url.scheme}://${url.host}:${url.port}`;
    if (this.connection?.key === key) {
      yield* log.verbose(`Reusing existing connection to ${url.host}:${url.port}.\n`);
      return this.connection;
    }
    this.close();
    const addresses = yield* this.lookUp(url.host);
    if (!addresses) return done(STATUS_NETWORK);
    const timeout = options.connectTimeoutSeconds;
    const bind = options.values.get("bind-address");
    const local = bind === undefined ? undefined : parseIpv4(bind);
    let mayRetry = true;
    for (const ip of addresses) {
      const address = formatIpv4(ip);
      const shown = url.host === address ? address : `${url.host} (${url.host})|${address}|`;
      yield* log.verbose(`Connecting to ${shown}:${url.port}... `);
      const outcome = yield* connectTcp(
        sys,
        { ip, port: url.port },
        {
          ...(local === undefined ? {} : { local: { ip: local } }),
          ...(timeout ? { deadlineNs: sys.monotonicNs() + seconds(timeout) } : {}),
        },
      );
      if (outcome.ok) {
        yield* log.verbose("connected.\n");
        this.connection = { key, stream: new SocketStream(sys, outcome.fd, READ_BYTES) };
        return this.connection;
      }
      const errno = outcome.error === "timeout" ? "ETIMEDOUT" : outcome.error;
      yield* log.notice(`failed: ${strerror(errno)}.\n`);
      const isFinal = ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH"].includes(errno);
      mayRetry = !isFinal || options.switches.has("retry-connrefused");
    }
    return mayRetry ? { kind: "again" } : done(STATUS_NETWORK);
  }

  private *lookUp(host: string): Blocking<readonly Ipv4[] | undefined> {
    const { log } = this;
    const cached = this.known.get(host);
    if (cached) return cached;
    const isNumeric = parseIpv4(host) !== undefined;
    if (!isNumeric) yield* log.verbose(`Resolving ${host} (${host})... `);
    const found = yield* resolveHost(this.sys, host);
    if (!found.ok) {
      yield* log.verbose(`failed: ${found.error}.\n`);
      yield* log.notice(`wget: unable to resolve host address ${log.quote(host)}\n`);
      return undefined;
    }
    if (!isNumeric) yield* log.verbose(`${found.addresses.map(formatIpv4).join(", ")}\n`);
    this.known.set(host, found.addresses);
    return found.addresses;
  }

  // ---------------------------------------------------------------- the body

  private *skipBody(connection: Connection, head: ResponseHead): Blocking<void> {
    if (!staysOpen(head)) {
      this.close();
      return;
    }

    yield* readBody(
      connection.stream,
      head,
      () => this.readDeadline,
      function* () {
        return true;
      },
    );
  }

  private *download(
    url: Url,
    connection: Connection,
    head: ResponseHead,
    method: string,
  ): Blocking<Attempt> {
    const { sys, log, options } = this;
    const total = bodyLength(head);
    const isEmpty = !hasBody(head, method);
    const toStdout = options.values.get("output-document") === "-";
    const name = options.values.get("output-document") ?? uniqueName(sys, this.fileName(url));
    if (!isEmpty) {
      yield* log.verbose(lengthLine(head));
      yield* log.verbose(`Saving to: ${log.quote(toStdout ? "STDOUT" : name)}\n`);
    }
    const file = this.openFile(name);
    if (file === undefined) {
      yield* log.notice(
        `${name}: No such file or directory\n\nCannot write to ${log.quote(name)} (No such file or directory).\n`,
      );
      this.close();
      return done(STATUS_FILE);
    }
    const gauge: Gauge | undefined = isEmpty ? undefined : this.gauge(name, total);
    const startNs = sys.monotonicNs();
    let received = 0;
    if (options.switches.has("save-headers"))
      yield* sys.write(file, encodeUtf8(head.lines.join("")));
    if (gauge instanceof BarGauge) yield* log.verbose(`\n${gauge.update(0, 0)}`);
    let outcome: BodyOutcome = { ok: true };
    if (!isEmpty) {
      outcome = yield* readBody(
        connection.stream,
        head,
        () => this.readDeadline,
        function* (data) {
          received += data.length;
          yield* sys.write(file, data);
          const text = gauge?.update(received, sys.monotonicNs() - startNs) ?? "";
          if (text !== "") yield* log.verbose(text);
          return true;
        },
      );
    }
    const elapsedNs = sys.monotonicNs() - startNs;
    if (gauge) yield* log.verbose(gauge.finish(received, elapsedNs));
    if (this.document === undefined) {
      sys.close(file);
      this.stampTime(name, head);
    }
    if (!outcome.ok || !staysOpen(head)) this.close();
    this.totals.bytes += received;
    this.totals.elapsedNs += elapsedNs;
    return yield* this.conclude(url, name, toStdout, total, received, elapsedNs, outcome);
  }

  private *conclude(
    url: Url,
    name: string,
    toStdout: boolean,
    total: number | undefined,
    received: number,
    elapsedNs: Ns,
    outcome: BodyOutcome,
  ): Blocking<Attempt> {
    const { log } = this;
    const rate = averageRate(received, elapsedNs);
    const size = total === undefined ? `[${received}]` : `[${received}/${total}]`;
    if (outcome.ok) {
      this.totals.files += 1;
      const where = toStdout ? "written to stdout" : `${log.quote(name)} saved`;
      yield* log.verbose(`${log.now} (${rate}) - ${where} ${size}\n\n`);
      yield* log.brief(`${log.now} URL:${formatUrl(url)} ${size} -> "${name}" [1]\n`);
      return done(0);
    }
    const text =
      outcome.error === "short"
        ? `Connection closed at byte ${received}. `
        : `Read error at byte ${received}${total === undefined ? "" : `/${total}`} (${strerror(readErrno(outcome.error))}). `;
    yield* log.verbose(`${log.now} (${rate}) - ${text}`);
    return { kind: "again" };
  }

  private gauge(name: string, total: number | undefined): Gauge {
    const { log, options } = this;
    const wantsDots = options.values.get("progress")?.startsWith("dot") === true;
    if (wantsDots || !log.isTerminal) return new DotGauge(total);
    return new BarGauge(name, total, log.columns);
  }

  private openFile(name: string): number | undefined {
    if (this.document !== undefined) return this.document;
    try {
      return this.sys.open(name, { write: true, create: true, truncate: true }, 0o644);
    } catch (error) {
      if (error instanceof KernelError) return undefined;
      throw error;
    }
  }

  /** The last word of the path and the query, below the directory of -P. */
  private fileName(url: Url): string {
    const [path = "/", ...query] = url.target.split("?");
    const base = path.slice(path.lastIndexOf("/") + 1) || "index.html";
    const name = query.length > 0 ? `${base}?${query.join("?")}` : base;
    const directory = this.options.values.get("directory-prefix");
    if (directory === undefined) return name;
    makeDirectories(this.sys, directory);
    return `${directory.replace(/\/$/, "")}/${name}`;
  }

  /** The file gets the time the server says it was last changed. */
  private stampTime(name: string, head: ResponseHead): void {
    const seconds = parseHttpDate(head.header("last-modified"));
    if (seconds !== undefined) this.sys.utimes(name, seconds);
  }
}

function done(status: number): Attempt {
  return { kind: "done", status };
}

function readErrno(error: Exclude<Extract<BodyOutcome, { ok: false }>["error"], "short">) {
  return error === "timeout" ? "ETIMEDOUT" : error === "stopped" ? "EIO" : error;
}

/** `Length: 100000 (98K) [text/plain]` */
function lengthLine(head: ResponseHead): string {
  const length = bodyLength(head);
  const type = head.header("content-type")?.replace(/\s*;.*$/, "");
  const human = length !== undefined && length >= 1024 ? ` (${humanReadable(length)})` : "";
  const size = length === undefined ? "unspecified" : `${length}${human}`;
  return `Length: ${size}${type ? ` [${type}]` : ""}\n`;
}

function exists(sys: Sys, path: string): boolean {
  try {
    sys.stat(path);
    return true;
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

/** `index.html`, `index.html.1`, … */
function uniqueName(sys: Sys, name: string): string {
  if (!exists(sys, name)) return name;
  for (let number = 1; ; number++) {
    const candidate = `${name}.${number}`;
    if (!exists(sys, candidate)) return candidate;
  }
}

function makeDirectories(sys: Sys, path: string): void {
  const words = path.split("/");
  for (let count = 1; count <= words.length; count++) {
    const directory = words.slice(0, count).join("/");
    if (directory !== "" && !exists(sys, directory)) sys.mkdir(directory);
  }
}

const MONTH_NAMES = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Unix seconds of `Tue, 02 Jan 2024 03:04:05 GMT`. */
function parseHttpDate(text: string | undefined): number | undefined {
  const match = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text ?? "");
  if (!match) return undefined;
  const [, day, month = "", year, hour, minute, second] = match;
  const index = MONTH_NAMES.indexOf(month);
  if (index < 0) return undefined;
  const days = daysFromCivil(Number(year), index / 3, Number(day));
  return days * 86400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}
