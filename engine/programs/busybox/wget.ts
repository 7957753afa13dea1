/** wget: HTTP, with a bar that moves to the right. */
import { formatIpv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { getopt } from "../support/getopt.ts";
import { bodyLength, readBody, readHead, type ResponseHead } from "../support/http-response.ts";
import { resolveHost } from "../support/resolve.ts";
import { connectTcp, SocketStream } from "../support/tcp-client.ts";
import type { Applet } from "./applet.ts";
import { Gauge } from "./wget-gauge.ts";

const MAX_REDIRECTS = 5;
const READ_BYTES = 65_536;
/** -T: seconds without anything from the network. */
const DEFAULT_TIMEOUT_SECONDS = 900;

interface Choice {
  readonly isQuiet: boolean;
  readonly showsHeaders: boolean;
  readonly isSpider: boolean;
  readonly output: string | undefined;
  readonly directory: string | undefined;
  readonly headers: readonly string[];
  readonly agent: string;
  readonly post: string | undefined;
  readonly timeoutSeconds: number;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Host and port as the URL has them. */
  readonly shown: string;
}

/** To be thrown: said after `wget: `. */
class Failure extends Error {}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, {
    short: "cqSO:o:P:U:T:t:Y:",
    long: {
      spider: "none",
      header: "required",
      "post-data": "required",
      "no-check-certificate": "none",
    },
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const values = (name: string): string[] =>
    parsed.options.filter((option) => option.name === name).map(({ value = "" }) => value);
  const odd = ["c", "o", "t", "Y"].find((name) => values(name).length > 0);
  const [url] = parsed.operands;
  if (odd !== undefined || url === undefined) {
    const what = url === undefined ? "the usage text" : `the option '-${odd}'`;
    yield* sys.printError(`wget: Podwire does not model ${what} of BusyBox\n`);
    return 1;
  }
  const choice: Choice = {
    isQuiet: values("q").length > 0,
    showsHeaders: values("S").length > 0,
    isSpider: values("spider").length > 0,
    output: values("O").at(-1),
    directory: values("P").at(-1),
    headers: values("header"),
    agent: values("U").at(-1) ?? "Wget",
    post: values("post-data").at(-1),
    timeoutSeconds: Number(values("T").at(-1) ?? DEFAULT_TIMEOUT_SECONDS),
  };
  for (const each of parsed.operands) {
    try {
      yield* retrieve(sys, each, choice);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      yield* sys.printError(`wget: ${error.message}\n`);
      return 1;
    }
  }
  return 0;
}

function parseUrl(url: string): Target {
  const [, scheme, rest = ""] = /^(?:(\w+):\/\/)?(.*)$/.exec(url) ?? [];
  if (scheme === "https" || scheme === "ftp") {
    throw new Failure(`Podwire does not model ${scheme} in BusyBox`);
  }
  if (scheme !== undefined && scheme !== "http")
    throw new Failure(`not an http or ftp url: ${url}`);
  const slash = rest.search(/[/?#]/);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? "/" : rest.slice(slash).replace(/#.*/, "");
  const [, host = "", port] = /^(?:.*@)?([^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  return {
    host,
    port: Number(port ?? 80),
    path: path.startsWith("/") ? path : `/${path}`,
    shown: authority.replace(/^.*@/, ""),
  };
}

function* retrieve(sys: Sys, url: string, choice: Choice): Blocking<void> {
  let target = parseUrl(url);
  const name = choice.output ?? fileName(target, choice.directory);
  for (let redirects = 0; ; redirects++) {
    const stream = yield* connect(sys, target, choice);
    yield* send(sys, stream.fd, target, choice);
    const outcome = yield* readHead(stream, () => deadline(sys, choice));
    if (!outcome.ok) {
      if (outcome.error === "timeout") throw new Failure("download timed out");
      throw new Failure("error getting response");
    }
    const { head } = outcome;
    if (choice.showsHeaders) yield* showHead(sys, head);
    const location = head.header("location");
    if (head.status >= 300 && head.status < 400 && location !== undefined) {
      if (redirects >= MAX_REDIRECTS) throw new Failure("too many redirections");
      sys.close(stream.fd);
      target = location.startsWith("/") ? { ...target, path: location } : parseUrl(location);
      continue;
    }
    if (head.status < 200 || head.status > 206) {
      const line = (head.lines[0] ?? "").trimEnd();
      throw new Failure(`server returned error: ${line}`);
    }
    if (choice.isSpider) {
      if (!choice.isQuiet) yield* sys.printError("remote file exists\n");
    } else yield* save(sys, stream, head, name, choice);
    sys.close(stream.fd);
    return;
  }
}

function deadline(sys: Sys, { timeoutSeconds }: Choice): number {
  return sys.monotonicNs() + timeoutSeconds * SECOND;
}

function fileName({ path }: Target, directory: string | undefined): string {
  const last = path.replace(/\?.*/, "").split("/").at(-1) || "index.html";
  return directory === undefined ? last : `${directory}/${last}`;
}

function* connect(sys: Sys, target: Target, choice: Choice): Blocking<SocketStream> {
  const { host, port } = target;
  const found = yield* resolveHost(sys, host);
  if (!found.ok) throw new Failure(`bad address '${host}'`);
  const ip = found.addresses[0];
  const address = formatIpv4(ip);
  if (!choice.isQuiet) {
    yield* sys.printError(`Connecting to ${target.shown} (${address}:${port})\n`);
  }
  const outcome = yield* connectTcp(sys, { ip, port }, { deadlineNs: deadline(sys, choice) });
  if (!outcome.ok) {
    if (outcome.error === "timeout") throw new Failure("download timed out");
    throw new Failure(`can't connect to remote host (${address}): ${strerror(outcome.error)}`);
  }
  return new SocketStream(sys, outcome.fd, READ_BYTES);
}

function* send(sys: Sys, fd: number, target: Target, choice: Choice): Blocking<void> {
  const { path } = target;
  const lines = [
    `${choice.post === undefined ? "GET" : "POST"} ${path} HTTP/1.1`,
    `Host: ${target.shown}`,
    `User-Agent: ${choice.agent}`,
    "Connection: close",
    ...choice.headers,
    ...(choice.post === undefined
      ? []
      : [
          "Content-Type: application/x-www-form-urlencoded",
          `Content-Length: ${encodeUtf8(choice.post).length}`,
        ]),
  ];
  try {
    yield* sys.send(fd, encodeUtf8(`${lines.join("\r\n")}\r\n\r\n${choice.post ?? ""}`));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new Failure("error getting response");
  }
}

function* showHead(sys: Sys, head: ResponseHead): Blocking<void> {
  for (const line of head.lines) yield* sys.printError(`  ${line.replace(/\r?\n$/, "")}\n`);
}

function* save(
  sys: Sys,
  stream: SocketStream,
  head: ResponseHead,
  name: string,
  choice: Choice,
): Blocking<void> {
  const toStdout = name === "-";
  if (!choice.isQuiet) {
    yield* sys.printError(toStdout ? "writing to stdout\n" : `saving to '${name}'\n`);
  }
  const fd = toStdout ? 1 : openOutput(sys, name, choice);
  const gauge = new Gauge(name.split("/").at(-1) ?? name, bodyLength(head));
  const outcome = yield* readBody(
    stream,
    head,
    () => deadline(sys, choice),
    function* (data) {
      yield* sys.write(fd, data);
      gauge.add(data.length);
      return true;
    },
  );
  if (!choice.isQuiet) yield* sys.printError(gauge.finalLine());
  if (!toStdout) sys.close(fd);
  if (!outcome.ok) {
    throw new Failure(
      outcome.error === "timeout" ? "download timed out" : "connection closed prematurely",
    );
  }
  if (!choice.isQuiet)
    yield* sys.printError(toStdout ? "written to stdout\n" : `'${name}' saved\n`);
}

function openOutput(sys: Sys, name: string, choice: Choice): number {
  try {
    const isNew = choice.output === undefined;
    return sys.open(name, { write: true, create: true, truncate: !isNew, exclusive: isNew });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new Failure(`can't open '${name}': ${strerror(error.errno)}`);
  }
}

export const wget: Applet = {
  name: "wget",
  summary: "Retrieve files via HTTP",
  directory: "/usr/bin",
  main,
};
