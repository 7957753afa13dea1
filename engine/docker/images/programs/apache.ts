/** Apache's httpd, as far as the image's configuration goes: it serves /usr/local/apache2/htdocs. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import { formatIpv4 } from "../../../net/address.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { strftime } from "../../../programs/support/calendar.ts";
import { clock, httpDate, logDay } from "../../../programs/support/http-server.ts";
import { decodePercent } from "../../../programs/support/url.ts";
import { listenOn, serveHttp, type Answer, type Exchange } from "./http-service.ts";

export const APACHE_VERSION = "2.4.63";
const ROOT = "/usr/local/apache2/htdocs";
const PORT = 80;
const SERVER = `Server: Apache/${APACHE_VERSION} (Unix)`;

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  gif: "image/gif",
  html: "text/html",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
};

const REASONS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  403: ["Forbidden", "You don't have permission to access this resource."],
  404: ["Not Found", "The requested URL was not found on this server."],
  405: ["Method Not Allowed", "The requested method is not allowed for this URL."],
};

/** The image's CMD. */
export const httpdForeground: Program = {
  name: "httpd-foreground",
  package: "apache2",
  directory: "/usr/local/bin",
  docs: {
    summary: "Apache's HTTP server, in the foreground",
    synopsis: "httpd-foreground",
    limitations: ["The configuration is the image's own; httpd.conf is not read."],
  },
  *main(sys, argv) {
    if (argv.length > 1) {
      yield* sys.printError("httpd-foreground: Podwire does not model arguments\n");
      return 1;
    }
    const listener = listenOn(sys, PORT);
    if (listener instanceof KernelError) {
      yield* sys.printError(
        `(98)${strerror(listener.errno)}: AH00072: make_sock: could not bind to address 0.0.0.0:80\n` +
          "no listening sockets available, shutting down\nAH00015: Unable to open logs\n",
      );
      return 1;
    }
    sys.setTitle("httpd -DFOREGROUND");
    yield* sys.printError(
      "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using " +
        `${ownAddress(sys)}. Set the 'ServerName' directive globally to suppress this message\n`,
    );
    yield* note(
      sys,
      "mpm_event",
      "AH00489",
      `Apache/${APACHE_VERSION} (Unix) configured -- resuming normal operations`,
    );
    yield* note(sys, "core", "AH00094", "Command line: 'httpd -D FOREGROUND'");
    let ended: "SIGTERM" | "SIGWINCH" | undefined;
    for (const signal of ["SIGTERM", "SIGWINCH"] as const)
      sys.signal(signal, () => (ended = signal));
    yield* serveHttp(
      sys,
      listener,
      {
        answer: (exchange) => answer(sys, exchange),
        answered: (exchange, sent) => logAccess(sys, exchange, sent),
      },
      () => ended !== undefined,
    );
    if (ended === "SIGWINCH") {
      yield* note(sys, "mpm_event", "AH00492", "caught SIGWINCH, shutting down gracefully");
    } else yield* note(sys, "mpm_event", "AH00491", "caught SIGTERM, shutting down");
    return 0;
  },
};

function ownAddress(sys: Sys): string {
  const loopback = sys.rtnetlink.links().find(({ flags }) => flags.loopback)?.ifindex;
  const own = sys.rtnetlink.addresses().find(({ ifindex }) => ifindex !== loopback);
  return own ? formatIpv4(own.address) : "127.0.0.1";
}

/** A line of the error log. */
function* note(sys: Sys, module: string, number: string, text: string): Blocking<void> {
  const now = sys.realtimeSeconds();
  const micros = String(Math.floor((now % 1) * 1e6)).padStart(6, "0");
  const time = `${strftime("%a %b %d %H:%M:%S", now)}.${micros} ${strftime("%Y", now)}`;
  yield* sys.printError(
    `[${time}] [${module}:notice] [pid ${sys.pid}:tid ${sys.pid}] ${number}: ${text}\n`,
  );
}

function* logAccess(sys: Sys, { request, peer }: Exchange, sent: Answer): Blocking<void> {
  const now = sys.realtimeSeconds();
  const bytes = request.method === "HEAD" || sent.body.length === 0 ? "-" : sent.body.length;
  yield* sys.print(
    `${formatIpv4(peer.ip)} - - [${logDay(now)}:${clock(now)} +0000] "${request.line}" ${sent.status} ${bytes}\n`,
  );
}

function answer(sys: Sys, { request }: Exchange): Answer {
  const date = `Date: ${httpDate(sys.realtimeSeconds())}`;
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(date, 405);
  const path = decodePercent(request.target.replace(/\?.*/, ""));
  if (path.split("/").includes("..")) return refuse(date, 403);
  const file = path.endsWith("/") ? `${ROOT}${path}index.html` : `${ROOT}${path}`;
  try {
    const stat = sys.stat(file);
    if (stat.kind === "directory") {
      const location = `http://${request.header("host") ?? ""}${path}/`;
      return { ...refuse(date, 301, location) };
    }
    const body = sys.readFile(file);
    const seconds = Math.floor(stat.modifiedSeconds);
    const tag = `"${body.length.toString(16)}-${(BigInt(seconds) * 1_000_000n).toString(16)}"`;
    return {
      status: 200,
      headers: [
        date,
        SERVER,
        `Last-Modified: ${httpDate(seconds)}`,
        `ETag: ${tag}`,
        "Accept-Ranges: bytes",
        `Content-Type: ${TYPES[/\.([^./]+)$/.exec(file)?.[1] ?? ""] ?? "text/plain"}`,
      ],
      body,
    };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return refuse(date, error.errno === "EACCES" ? 403 : 404);
  }
}

function refuse(date: string, status: number, location?: string): Answer {
  const [title, text] =
    location === undefined
      ? (REASONS[status] ?? ["Error", ""])
      : ["Moved Permanently", `The document has moved <a href="${location}">here</a>.`];
  return {
    status,
    headers: [
      date,
      SERVER,
      ...(location === undefined ? [] : [`Location: ${location}`]),
      "Content-Type: text/html; charset=iso-8859-1",
    ],
    body:
      '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n' +
      `<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
  };
}
