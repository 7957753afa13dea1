/** http.server of Python 3.11: SimpleHTTPRequestHandler over HTTP/1.0. */
import { formatIpv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { SocketAddress, Stat, Sys } from "../../kernel/process/sys.ts";
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
import { decodePercent } from "../support/url.ts";

const SERVER = "SimpleHTTP/0.6 Python/3.11.2";

/** What mimetypes knows of the names that people serve. */
const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  ico: "image/vnd.microsoft.icon",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  py: "text/x-python",
  sh: "application/x-sh",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  txt: "text/plain",
  xml: "text/xml",
  zip: "application/zip",
  gz: "application/gzip",
  bz2: "application/x-bzip2",
  xz: "application/x-xz",
  Z: "application/octet-stream",
};

const EXPLANATIONS: Readonly<Record<number, string>> = {
  400: "Bad request syntax or unsupported method",
  404: "Nothing matches the given URI",
  501: "Server does not support this operation",
};

export class SimpleHttp {
  constructor(
    private readonly sys: Sys,
    /** Without a slash at the end. */
    private readonly directory: string,
  ) {}

  /** One request: the connection is closed after it. */
  *serve(fd: number, peer: SocketAddress): Serving<void> {
    const request = yield* new RequestReader(this.sys, fd).next();
    if (request === undefined) return;
    const exchange = new Exchange(this.sys, fd, formatIpv4(peer.ip), request);
    yield* this.answer(exchange, request);
    try {
      this.sys.shutdown(fd, "write");
    } catch (error) {
      // The client may have closed first.
      if (!(error instanceof KernelError)) throw error;
    }
  }

  private *answer(exchange: Exchange, request: HttpRequest | "malformed"): Serving<void> {
    if (request === "malformed") {
      yield* exchange.error(400, "Bad request syntax ('')");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      yield* exchange.error(501, `Unsupported method ('${request.method}')`);
      return;
    }
    const path = this.translate(request.target);
    const stat = statOf(this.sys, path);
    if (stat?.kind === "directory") {
      yield* this.answerDirectory(exchange, request, path);
      return;
    }
    if (!stat || request.target.replace(/[?#].*$/, "").endsWith("/")) {
      yield* exchange.error(404, "File not found");
      return;
    }
    yield* this.answerFile(exchange, request, path, stat);
  }

  /** The file that a path of a URL stands for; `..` never leads out of the directory. */
  private translate(target: string): string {
    const path = decodePercent(target.replace(/[?#].*$/, ""));
    const words = path.split("/").filter((word) => word !== "" && word !== "." && word !== "..");
    return [this.directory, ...words].join("/") || "/";
  }

  private *answerDirectory(exchange: Exchange, request: HttpRequest, path: string): Serving<void> {
    const [address = "", query] = request.target.split("?");
    if (!address.endsWith("/")) {
      const location = `${address}/${query === undefined ? "" : `?${query}`}`;
      yield* exchange.head(301, "Moved Permanently", [
        ["Location", location],
        ["Content-Length", "0"],
      ]);
      return;
    }
    for (const name of ["index.html", "index.htm"]) {
      const file = `${path}/${name}`;
      const stat = statOf(this.sys, file);
      if (stat?.kind === "file") {
        yield* this.answerFile(exchange, request, file, stat);
        return;
      }
    }
    const listing = encodeUtf8(this.listing(path, address));
    yield* exchange.head(200, "OK", [
      ["Content-type", "text/html; charset=utf-8"],
      ["Content-Length", String(listing.length)],
    ]);
    yield* exchange.body(listing);
  }

  private *answerFile(
    exchange: Exchange,
    request: HttpRequest,
    path: string,
    stat: Stat,
  ): Serving<void> {
    let content: Uint8Array;
    try {
      content = this.sys.readFile(path);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      yield* exchange.error(404, "File not found");
      return;
    }
    const modified = httpDate(stat.modifiedSeconds);
    if (request.header("if-modified-since") === modified && !request.header("if-none-match")) {
      yield* exchange.head(304, "Not Modified", []);
      return;
    }
    yield* exchange.head(200, "OK", [
      ["Content-type", typeOf(path)],
      ["Content-Length", String(content.length)],
      ["Last-Modified", modified],
    ]);
    yield* exchange.body(content);
  }

  private listing(path: string, address: string): string {
    const title = `Directory listing for ${escapeHtml(decodePercent(address))}`;
    const names = [...this.sys.readdir(path)].sort((a, b) =>
      a.toLowerCase() < b.toLowerCase() ? -1 : 1,
    );
    const items = names.map((name) => {
      const own = statOf(this.sys, `${path}/${name}`, false);
      const isDirectory = statOf(this.sys, `${path}/${name}`)?.kind === "directory";
      const slash = isDirectory ? "/" : "";
      const shown = own?.kind === "symlink" ? `${name}@` : `${name}${slash}`;
      return `<li><a href="${quote(name + slash)}">${escapeHtml(shown)}</a></li>\n`;
    });
    return (
      `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
      `<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n<hr>\n<ul>\n` +
      `${items.join("")}</ul>\n<hr>\n</body>\n</html>\n`
    );
  }
}

/** One request and its response, with the lines that the server logs on standard error. */
class Exchange {
  private readonly isHead: boolean;
  private readonly line: string;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly client: string,
    request: HttpRequest | "malformed",
  ) {
    this.isHead = request !== "malformed" && request.method === "HEAD";
    this.line = request === "malformed" ? "" : request.line;
  }

  private *log(text: string): Serving<void> {
    const now = this.sys.realtimeSeconds();
    yield* this.sys.printError(`${this.client} - - [${logDay(now)} ${clock(now)}] ${text}\n`);
  }

  *head(
    status: number,
    reason: string,
    headers: readonly (readonly [string, string])[],
  ): Serving<void> {
    yield* this.log(`"${this.line}" ${status} -`);
    const lines = [
      `HTTP/1.0 ${status} ${reason}`,
      `Server: ${SERVER}`,
      `Date: ${httpDate(this.sys.realtimeSeconds())}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ];
    yield* sendAll(this.sys, this.fd, encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`));
  }

  *body(content: Uint8Array): Serving<void> {
    if (!this.isHead) yield* sendAll(this.sys, this.fd, content);
  }

  *error(status: number, message: string): Serving<void> {
    yield* this.log(`code ${status}, message ${message}`);
    const page = encodeUtf8(errorPage(status, message));
    yield* this.head(status, message, [
      ["Connection", "close"],
      ["Content-Type", "text/html;charset=utf-8"],
      ["Content-Length", String(page.length)],
    ]);
    yield* this.body(page);
  }
}

function errorPage(status: number, message: string): string {
  return `<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${status}</p>
        <p>Message: ${escapeHtml(message, false)}.</p>
        <p>Error code explanation: ${status} - ${EXPLANATIONS[status] ?? ""}.</p>
    </body>
</html>
`;
}

function statOf(sys: Sys, path: string, followLinks = true): Stat | undefined {
  try {
    return sys.stat(path, { followLinks });
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

function typeOf(path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1] ?? "";
  return TYPES[extension] ?? TYPES[extension.toLowerCase()] ?? "application/octet-stream";
}

function escapeHtml(text: string, quotes = true): string {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return quotes ? escaped.replace(/"/g, "&quot;") : escaped;
}

/** urllib.parse.quote() */
function quote(text: string): string {
  let out = "";
  for (const byte of encodeUtf8(text)) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9_.\-~/]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}
