/** httpd, which serves the files of a directory. */
import { IPV4_ANY, parseIpv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { getopt } from "../support/getopt.ts";
import {
  httpDate,
  RequestReader,
  sendAll,
  serveConnections,
  type Serving,
} from "../support/http-server.ts";
import { decodePercent } from "../support/url.ts";
import type { Applet } from "./applet.ts";

const BACKLOG = 9;

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "application/javascript",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
};

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "ifvp:h:c:u:", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const value = (name: string): string | undefined =>
    parsed.options.findLast((option) => option.name === name)?.value;
  const odd = parsed.options.find(({ name }) => "ivcu".includes(name));
  if (odd || parsed.operands.length > 0) {
    const what = odd ? `-${odd.name}` : (parsed.operands[0] ?? "");
    yield* sys.printError(`httpd: Podwire does not model '${what}' of BusyBox\n`);
    return 1;
  }
  const [, host = "", port = "80"] = /^(?:(.*):)?(\d+)$/.exec(value("p") ?? "80") ?? [];
  const listener = sys.socket("inet", "stream");
  try {
    sys.chdir(value("h") ?? ".");
    sys.setsockopt(listener, "reuseAddress", true);
    sys.bind(listener, { ip: parseIpv4(host) ?? IPV4_ANY, port: Number(port) });
    sys.listen(listener, BACKLOG);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`httpd: bind: ${strerror(error.errno)}\n`);
    return 1;
  }
  const serve = (own: Sys): Blocking<number> => serveFiles(own, listener);
  if (parsed.options.some(({ name }) => name === "f")) return yield* serve(sys);
  sys.spawn({
    run: { name: "httpd", main: serve },
    descriptors: new Map([[listener, listener]]),
    newSession: true,
  });
  return 0;
}

function* serveFiles(sys: Sys, listener: number): Blocking<number> {
  yield* serveConnections(
    sys,
    [listener],
    (fd) => answer(sys, fd),
    () => false,
  );
  return 0;
}

/** One request a connection. */
function* answer(sys: Sys, fd: number): Serving<void> {
  const request = yield* new RequestReader(sys, fd).next();
  if (request === undefined) return;
  if (request === "malformed") return yield* send(sys, fd, "400 Bad Request", false);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return yield* send(sys, fd, "501 Not Implemented", false);
  }
  const path = decodePercent(request.target.replace(/\?.*/, ""));
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    return yield* send(sys, fd, "400 Bad Request", false);
  }
  const isHead = request.method === "HEAD";
  try {
    const file = path.endsWith("/") ? `.${path}index.html` : `.${path}`;
    const stat = sys.stat(file);
    if (stat.kind === "directory") {
      return yield* send(sys, fd, "302 Found", isHead, [`Location: ${path}/`]);
    }
    const extension = /\.([^./]+)$/.exec(file)?.[1] ?? "";
    const modified = Math.floor(stat.modifiedSeconds);
    const body = sys.readFile(file);
    const lines = [
      "HTTP/1.1 200 OK",
      `Date: ${httpDate(sys.realtimeSeconds())}`,
      "Connection: close",
      `Content-type: ${TYPES[extension] ?? "application/octet-stream"}`,
      "Accept-Ranges: bytes",
      `Last-Modified: ${httpDate(modified)}`,
      `ETag: "${modified.toString(16)}-${body.length.toString(16)}"`,
      `Content-Length: ${body.length}`,
    ];
    yield* sendAll(sys, fd, encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`));
    if (!isHead) yield* sendAll(sys, fd, body);
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno === "EPIPE") throw error;
    const isForbidden = error.errno === "EACCES";
    yield* send(sys, fd, isForbidden ? "403 Forbidden" : "404 Not Found", isHead);
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  "302 Found": "",
  "400 Bad Request": "Unsupported method",
  "403 Forbidden": "",
  "404 Not Found": "The requested URL was not found",
  "501 Not Implemented": "The requested method is not recognized",
};

function* send(
  sys: Sys,
  fd: number,
  status: string,
  isHead: boolean,
  headers: readonly string[] = [],
): Serving<void> {
  const body =
    `<HTML><HEAD><TITLE>${status}</TITLE></HEAD>\n<BODY><H1>${status}</H1>\n` +
    `${EXPLANATIONS[status] ?? ""}\n</BODY></HTML>\n`;
  const lines = [
    `HTTP/1.1 ${status}`,
    `Date: ${httpDate(sys.realtimeSeconds())}`,
    "Connection: close",
    "Content-type: text/html",
    ...headers,
  ];
  yield* sendAll(sys, fd, encodeUtf8(`${lines.join("\r\n")}\r\n\r\n${isHead ? "" : body}`));
}

export const httpd: Applet = {
  name: "httpd",
  summary: "Listen for incoming HTTP requests",
  directory: "/usr/sbin",
  main,
};
