/** One URL: name, connection, request, response, redirections. */
import { formatIpv4, type Ipv4, parseIpv4 } from "../../net/address.ts";
import { strerror } from "../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MILLISECOND, type Ns } from "../../sim/clock.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import {
  bodyLength,
  hasBody,
  type HeadOutcome,
  isChunked,
  readBody,
  readHead,
  type ResponseHead,
  staysOpen,
} from "../support/http-response.ts";
import { resolveHost } from "../support/resolve.ts";
import {
  type ConnectOptions,
  type ConnectOutcome,
  connectTcp,
  SocketStream,
} from "../support/tcp-client.ts";
import { formatUrl, parseUrl, resolveUrl, type Url } from "../support/url.ts";
import type { CurlOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import { buildRequest, type Request } from "./request.ts";
import type { TransferFacts } from "./write-out.ts";

/** Default of --connect-timeout. */
const CONNECT_TIMEOUT_MS = 300_000;

/** READBUFFER_MAX would be more; curl(1) asks for this. */
const READ_BYTES = 102_400;

/** Timers are looked at after they expire, in whole milliseconds. */
const TIMER_SLACK_NS: Ns = MILLISECOND;

const KNOWN_SCHEMES: readonly string[] = [
  "dict",
  "file",
  "ftp",
  "ftps",
  "gopher",
  "gophers",
  "imap",
  "imaps",
  "ldap",
  "ldaps",
  "mqtt",
  "pop3",
  "pop3s",
  "rtmp",
  "rtsp",
  "scp",
  "sftp",
  "smb",
  "smbs",
  "smtp",
  "smtps",
  "telnet",
  "tftp",
  "https",
  "http",
];

/** Ends a transfer; the exit status of curl(1) and the message after `curl: (N) `. */
export class TransferError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Where a transfer's bytes and words go. */
export interface Output {
  /** A line about what happens, for -v. */
  info(text: string): Blocking<void>;
  headerOut(text: string): Blocking<void>;
  headerIn(line: string): Blocking<void>;
  dataOut(bytes: number): Blocking<void>;
  dataIn(bytes: number): Blocking<void>;
  /** A response header for -i, -I and -D. */
  header(line: string): Blocking<void>;
  /** False: it cannot be written. */
  body(data: Uint8Array): Blocking<boolean>;
}

interface Connection {
  readonly number: number;
  readonly key: string;
  readonly host: string;
  readonly stream: SocketStream;
}

/** Keeps connections for later URLs, as one handle of libcurl does. */
export class Client {
  private connection: Connection | undefined;
  private connections = 0;
  private readonly dnsCache = new Map<string, Ipv4>();

  constructor(
    private readonly sys: Sys,
    private readonly options: CurlOptions,
  ) {}

  /** --resolve entries: HOST:PORT:ADDRESS */
  *preload(output: Output): Blocking<void> {
    for (const entry of this.options.resolve) {
      const match = /^[+]?([^:]+):(\d+):([^,]+)/.exec(entry);
      const address = match && parseIpv4((match[3] ?? "").replace(/^\[|\]$/g, ""));
      if (!match || address === undefined || address === null) {
        yield* output.info(`Couldn't parse CURLOPT_RESOLVE entry '${entry}'`);
        throw new TransferError(49, `Couldn't parse CURLOPT_RESOLVE entry '${entry}'`);
      }
      this.dnsCache.set(`${match[1]}:${match[2]}`, address);
      yield* output.info(`Added ${match[1]}:${match[2]}:${match[3]} to DNS cache`);
    }
  }

  close(): void {
    if (this.connection) this.sys.close(this.connection.stream.fd);
    this.connection = undefined;
  }

  *transfer(
    text: string,
    posted: Uint8Array | undefined,
    facts: TransferFacts,
    progress: Progress,
    output: Output,
  ): Blocking<void> {
    const { sys, options } = this;
    const startNs = sys.monotonicNs();
    const clock = new Clock(sys, startNs, options);
    yield* this.preload(output);
    let url = this.checkUrl(text);
    let asGet = false;
    facts.effectiveUrl = formatUrl(url);
    for (;;) {
      const request = buildRequest(options, url, posted, asGet, facts.httpVersion === "1");
      facts.scheme = url.scheme;
      facts.method = request.method;
      const next = yield* this.exchange(url, request, facts, progress, output, clock);
      facts.times.total = sys.monotonicNs() - startNs;
      if (next === undefined) return;
      if (facts.redirects >= options.maxRedirects) {
        throw new TransferError(47, `Maximum (${options.maxRedirects}) redirects followed`);
      }
      facts.redirects += 1;
      facts.times.redirect = sys.monotonicNs() - startNs;
      asGet = asGet || becomesGet(facts.status, request.method);
      yield* output.info(`Issue another request to this URL: '${next}'`);
      url = this.checkUrl(next);
      facts.effectiveUrl = formatUrl(url);
      facts.redirectUrl = undefined;
    }
  }

  private checkUrl(text: string): Url {
    const url = parseUrl(text);
    if (!url) throw new TransferError(3, "URL using bad/illegal format or missing URL");
    if (!KNOWN_SCHEMES.includes(url.scheme)) {
      throw new TransferError(1, `Protocol "${url.scheme}" not supported or disabled in libcurl`);
    }
    return url;
  }

  // ---------------------------------------------------------------- connecting

  private *connect(
    url: Url,
    facts: TransferFacts,
    progress: Progress,
    output: Output,
    clock: Clock,
  ): Blocking<Connection> {
    const { sys } = this;
    const key = `${url.scheme}://${url.host}:${url.port}`;
    const idle = this.connection;
    if (idle?.key === key) {
      yield* output.info(`Found bundle for host: 0x${"55d0c0ffee00"} [serially]`);
      yield* output.info("Can not multiplex, even if we wanted to");
      yield* output.info(`Re-using existing connection #${idle.number} with host ${idle.host}`);
      facts.times.namelookup = facts.times.connect = facts.times.pretransfer = clock.elapsedNs;
      return idle;
    }
    this.close();
    const target = yield* this.connectTarget(url, output);
    const addresses = yield* this.lookUp(target.host, target.port, url.host, output);
    facts.times.namelookup = clock.elapsedNs;
    let failure: TransferError | undefined;
    for (const ip of addresses) {
      const to = { ip, port: target.port };
      yield* output.info(`  Trying ${formatIpv4(ip)}:${target.port}...`);
      const outcome = yield* connectTcp(sys, to, {
        ...(yield* this.localEnd()),
        deadlineNs: clock.connectDeadlineNs,
        tick: () => progress.update(),
      });
      if (outcome.ok) {
        const connection = {
          number: this.connections++,
          key,
          host: target.shown,
          stream: new SocketStream(sys, outcome.fd, READ_BYTES, () => progress.update()),
        };
        this.connection = connection;
        facts.connects += 1;
        facts.times.connect = facts.times.pretransfer = clock.elapsedNs;
        const address = formatIpv4(ip);
        yield* output.info(
          `Connected to ${target.shown} (${address}) port ${target.port} (#${connection.number})`,
        );
        noteEnds(facts, sys.getsockname(outcome.fd), to);
        return connection;
      }
      failure = yield* this.connectFailure(outcome, to, target, output, clock);
      if (outcome.error === "timeout") break;
    }
    yield* output.info(`Closing connection ${this.connections++}`);
    throw failure ?? new TransferError(7, "Couldn't connect to server");
  }

  private *connectFailure(
    outcome: FailedConnect,
    to: SocketAddress,
    target: Target,
    output: Output,
    clock: Clock,
  ): Blocking<TransferError> {
    const { error, stage } = outcome;
    if (stage === "device") {
      return new TransferError(45, `Couldn't bind to '${this.options.values.get("interface")}'`);
    }
    if (stage === "bind" && error !== "timeout") {
      const number = error === "EADDRINUSE" ? 98 : 99;
      return new TransferError(45, `bind failed with errno ${number}: ${strerror(error)}`);
    }
    const ms = Math.floor(clock.elapsedNs / MILLISECOND);
    if (error === "timeout" && clock.wholeIsOver) {
      const text = `Connection timed out after ${ms} milliseconds`;
      yield* output.info(text);
      return new TransferError(28, text);
    }
    if (error !== "timeout") {
      const address = formatIpv4(to.ip);
      yield* output.info(
        stage === "immediate"
          ? `Immediate connect fail for ${address}: ${strerror(error)}`
          : `connect to ${address} port ${to.port} failed: ${strerror(error)}`,
      );
    }
    const isTimeout = error === "timeout";
    const why = isTimeout ? "Timeout was reached" : "Couldn't connect to server";
    const text = `Failed to connect to ${target.shown} port ${to.port} after ${ms} ms: ${why}`;
    yield* output.info(text);
    return new TransferError(isTimeout || error === "ETIMEDOUT" ? 28 : 7, text);
  }

  /** --connect-to HOST1:PORT1:HOST2:PORT2 */
  private *connectTarget(url: Url, output: Output): Blocking<Target> {
    for (const entry of this.options.connectTo) {
      const [fromHost = "", fromPort = "", toHost = "", toPort = ""] = entry.split(":");
      if (fromHost !== "" && fromHost !== url.host) continue;
      if (fromPort !== "" && Number(fromPort) !== url.port) continue;
      if (toHost !== "") yield* output.info(`Connecting to hostname: ${toHost}`);
      if (toPort !== "") yield* output.info(`Connecting to port: ${toPort}`);
      const host = toHost || url.host;
      return { host, port: toPort ? Number(toPort) : url.port, shown: toHost ? "(nil)" : host };
    }
    return { host: url.host, port: url.port, shown: url.host };
  }

  private *lookUp(
    host: string,
    port: number,
    shown: string,
    output: Output,
  ): Blocking<readonly Ipv4[]> {
    const cached = this.dnsCache.get(`${host}:${port}`) ?? this.dnsCache.get(`*:${port}`);
    if (cached !== undefined) {
      if (parseIpv4(host) === undefined) {
        yield* output.info(`Hostname ${host} was found in DNS cache`);
      }
      return [cached];
    }
    if (this.options.switches.has("ipv6")) {
      throw new TransferError(6, `Could not resolve host: ${shown}`);
    }
    const found = yield* resolveHost(this.sys, host);
    if (found.ok) return found.addresses;
    yield* output.info(`Could not resolve host: ${host}`);
    yield* output.info(`Closing connection ${this.connections++}`);
    throw new TransferError(6, `Could not resolve host: ${host}`);
  }

  /** --interface and --local-port */
  private *localEnd(): Blocking<Pick<ConnectOptions, "local" | "device">> {
    const { values } = this.options;
    const wanted = values.get("interface")?.replace(/^(if|host)!/, "");
    const range = /^(\d+)(?:-(\d+))?$/.exec(values.get("local-port") ?? "");
    const ports = range ? ([Number(range[1]), Number(range[2] ?? range[1])] as const) : undefined;
    if (wanted === undefined) return ports ? { local: { ports } } : {};
    const ip = parseIpv4(wanted);
    if (ip !== undefined) return { local: { ip, ...(ports ? { ports } : {}) } };
    return { device: wanted, ...(ports ? { local: { ports } } : {}) };
  }

  // ---------------------------------------------------------------- HTTP

  /** Returns where to go next, if the response says so and -L is given. */
  private *exchange(
    url: Url,
    request: Request,
    facts: TransferFacts,
    progress: Progress,
    output: Output,
    clock: Clock,
  ): Blocking<string | undefined> {
    const connection = yield* this.connect(url, facts, progress, output, clock);
    if (url.scheme !== "http") {
      this.close();
      throw new TransferError(
        url.scheme === "https" ? 35 : 1,
        `Podwire does not model the protocol ${url.scheme}`,
      );
    }
    const { stream } = connection;
    yield* this.sendRequest(stream, request, facts, progress, output, clock);
    let head = yield* this.receiveHead(connection, facts, output, clock);
    while (head.status < 200 && head.status !== 101) {
      head = yield* this.receiveHead(connection, facts, output, clock);
    }
    facts.contentType = head.header("content-type");
    const location = head.header("location");
    const isRedirect = head.status >= 300 && head.status < 400 && location !== undefined;
    const next = isRedirect ? resolveUrl(url, location) : undefined;
    const follows = next !== undefined && this.options.switches.has("location");
    if (!follows) facts.redirectUrl = next;
    if (head.status >= 400 && this.options.switches.has("fail")) {
      // The length was read with the head, and nothing of the body.
      progress.expected = bodyLength(head);
      yield* this.finishConnection(connection, false, output);
      throw new TransferError(22, `The requested URL returned error: ${head.status}`);
    }
    progress.expected = bodyLength(head);
    if (hasBody(head, request.method)) {
      yield* this.receiveBody(connection, head, follows, facts, progress, output, clock);
    }
    yield* this.finishConnection(connection, staysOpen(head), output);
    if (head.status >= 400 && this.options.switches.has("fail-with-body")) {
      throw new TransferError(22, `The requested URL returned error: ${head.status}`);
    }
    return follows ? next : undefined;
  }

  private *sendRequest(
    stream: SocketStream,
    request: Request,
    facts: TransferFacts,
    progress: Progress,
    output: Output,
    clock: Clock,
  ): Blocking<void> {
    const head = encodeUtf8(request.head);
    if (request.login !== undefined) {
      const user = request.login.replace(/:.*$/s, "");
      yield* output.info(`Server auth using Basic with user '${user}'`);
    }
    yield* output.headerOut(request.head);
    facts.requestBytes += head.length;
    let sent = yield* stream.send(head, clock.deadlineNs);
    if (sent === "sent" && request.body) {
      progress.toSend = request.body.length;
      sent = yield* stream.send(request.body, clock.deadlineNs);
      progress.sent = request.body.length;
      facts.uploaded += request.body.length;
      facts.requestBytes += request.body.length;
      yield* output.dataOut(request.body.length);
    }
    if (sent === "timeout") throw timedOut(clock, 0, undefined);
    if (sent !== "sent" && sent !== "EPIPE" && sent !== "ECONNRESET") {
      throw new TransferError(55, `Send failure: ${strerror(sent)}`);
    }
  }

  private *receiveHead(
    connection: Connection,
    facts: TransferFacts,
    output: Output,
    clock: Clock,
  ): Blocking<ResponseHead> {
    const outcome = yield* readHead(connection.stream, () => clock.deadlineNs);
    facts.times.starttransfer ||= clock.elapsedNs;
    if (!outcome.ok) {
      const failure = headFailure(outcome.error, clock);
      yield* output.info(failure.message);
      yield* this.finishConnection(connection, false, output);
      throw failure;
    }
    const { head } = outcome;
    facts.status = head.status;
    facts.httpVersion = head.version === "1.0" ? "1" : head.version;
    facts.headers = head.lines.length - 2;
    if (head.version === "1.0") yield* output.info("HTTP 1.0, assume close after body");
    for (const line of head.lines) {
      facts.headerBytes += line.length;
      yield* output.headerIn(line);
      yield* output.header(line);
    }
    return head;
  }

  private *receiveBody(
    connection: Connection,
    head: ResponseHead,
    isIgnored: boolean,
    facts: TransferFacts,
    progress: Progress,
    output: Output,
    clock: Clock,
  ): Blocking<void> {
    const before = facts.downloaded;
    const outcome = yield* readBody(
      connection.stream,
      head,
      () => clock.deadlineNs,
      function* (data) {
        facts.downloaded += data.length;
        progress.received += data.length;
        yield* progress.update();
        return isIgnored || (yield* output.body(data));
      },
      (bytes) => output.dataIn(bytes),
    );
    if (outcome.ok) return;
    yield* this.finishConnection(connection, false, output);
    switch (outcome.error) {
      case "timeout":
        throw timedOut(clock, facts.downloaded - before, bodyLength(head));
      case "short":
        throw new TransferError(
          18,
          isChunked(head)
            ? "transfer closed with outstanding read data remaining"
            : `transfer closed with ${outcome.missing} bytes remaining to read`,
        );
      case "stopped":
        throw new TransferError(23, "Failure writing output to destination");
      default:
        throw new TransferError(56, `Recv failure: ${strerror(outcome.error)}`);
    }
  }

  private *finishConnection(
    connection: Connection,
    isKept: boolean,
    output: Output,
  ): Blocking<void> {
    if (this.connection !== connection) return;
    if (isKept && !this.options.switches.has("http1.0")) {
      yield* output.info(`Connection #${connection.number} to host ${connection.host} left intact`);
      return;
    }
    yield* output.info(`Closing connection ${connection.number}`);
    this.close();
  }
}

type FailedConnect = Extract<ConnectOutcome, { readonly ok: false }>;

interface Target {
  readonly host: string;
  readonly port: number;
  /** How messages name it. */
  readonly shown: string;
}

/** When the transfer and its connection must be done. */
class Clock {
  constructor(
    private readonly sys: Sys,
    private readonly startNs: Ns,
    private readonly options: CurlOptions,
  ) {}

  get elapsedNs(): Ns {
    return this.sys.monotonicNs() - this.startNs;
  }

  /** --max-time */
  get deadlineNs(): Ns | undefined {
    const { maxTimeMs } = this.options;
    return maxTimeMs === undefined
      ? undefined
      : this.startNs + maxTimeMs * MILLISECOND + TIMER_SLACK_NS;
  }

  get connectDeadlineNs(): Ns {
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.options;
    const connect = this.startNs + connectTimeoutMs * MILLISECOND + TIMER_SLACK_NS;
    return Math.min(connect, this.deadlineNs ?? connect);
  }

  get wholeIsOver(): boolean {
    const { deadlineNs } = this;
    return deadlineNs !== undefined && this.sys.monotonicNs() >= deadlineNs;
  }
}

function noteEnds(facts: TransferFacts, local: SocketAddress, remote: SocketAddress): void {
  facts.localIp = formatIpv4(local.ip);
  facts.localPort = local.port;
  facts.remoteIp = formatIpv4(remote.ip);
  facts.remotePort = remote.port;
}

function timedOut(clock: Clock, received: number, of: number | undefined): TransferError {
  const ms = Math.floor(clock.elapsedNs / MILLISECOND);
  const total = of === undefined ? "" : ` out of ${of}`;
  return new TransferError(
    28,
    `Operation timed out after ${ms} milliseconds with ${received}${total} bytes received`,
  );
}

function headFailure(
  error: Extract<HeadOutcome, { readonly ok: false }>["error"],
  clock: Clock,
): TransferError {
  switch (error) {
    case "timeout":
      return timedOut(clock, 0, undefined);
    case "empty":
      return new TransferError(52, "Empty reply from server");
    case "not-http":
      return new TransferError(1, "Received HTTP/0.9 when not allowed");
    default:
      return new TransferError(56, `Recv failure: ${strerror(error)}`);
  }
}

/** 301 and 302 turn a POST into a GET, 303 everything but HEAD. */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}
