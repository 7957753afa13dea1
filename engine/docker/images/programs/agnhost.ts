import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { httpDate } from "../../../programs/support/http-server.ts";
import { resolveHost } from "../../../programs/support/resolve.ts";
import { connectTcp } from "../../../programs/support/tcp-client.ts";
import { decodePercent } from "../../../programs/support/url.ts";
import { endpoint, logTime } from "./go-log.ts";
import { listenOn, serveHttp, type Answer, type Exchange } from "./http-service.ts";
import { pause } from "./pause.ts";

const SECOND_NS = 1e9;

/** registry.k8s.io/e2e-test-images/agnhost: the tests of Kubernetes use it for everything. */
export const agnhost: Program = {
  name: "agnhost",
  package: "agnhost",
  directory: "",
  docs: {
    summary: "a program for end-to-end tests of Kubernetes",
    synopsis:
      "agnhost netexec [--http-port=PORT]\nagnhost connect HOST:PORT [--timeout=DURATION]\nagnhost pause",
    limitations: [
      "netexec answers /, /hostname, /clientip, /echo, /header and /healthz over HTTP; it has no UDP server.",
    ],
  },
  *main(sys, argv) {
    const [, command = "", ...words] = argv;
    switch (command) {
      case "netexec":
        return yield* netexec(sys, words);
      case "connect":
        return yield* connect(sys, words);
      case "pause":
        yield* sys.print("Paused\n");
        return yield* pause.main(sys, ["pause"]);
      default:
        yield* sys.printError(`agnhost: Podwire does not model the command '${command}'\n`);
        return 1;
    }
  },
};

/** `--NAME=VALUE` or `--NAME VALUE`. */
function flag(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  const word = words[at] as string;
  return word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[at + 1];
}

function* netexec(sys: Sys, words: readonly string[]): Blocking<number> {
  const port = Number(flag(words, "http-port") ?? 8080);
  const listener = listenOn(sys, port);
  yield* sys.printError(`${logTime(sys)} Started HTTP server on port ${port}\n`);
  if (listener instanceof KernelError) {
    yield* sys.printError(
      `${logTime(sys)} listen tcp :${port}: bind: ${strerror(listener.errno).toLowerCase()}\n`,
    );
    return 1;
  }
  yield* serveHttp(sys, listener, {
    answer: (exchange) => netexecAnswer(sys, exchange),
    *answered({ request }) {
      yield* sys.printError(`${logTime(sys)} GET ${request.target.replace(/\?.*/, "")}\n`);
    },
  });
  return 0;
}

function netexecAnswer(sys: Sys, { request, peer }: Exchange): Answer {
  const [path = "/", query = ""] = request.target.split("?");
  const value = (name: string): string => {
    const found = query.split("&").find((pair) => pair.startsWith(`${name}=`));
    return decodePercent((found ?? "").slice(name.length + 1).replaceAll("+", " "));
  };
  const headers = [
    `Date: ${httpDate(sys.realtimeSeconds())}`,
    "Content-Type: text/plain; charset=utf-8",
  ];
  const text = (body: string, status = 200): Answer => ({ status, headers, body });
  switch (path) {
    case "/":
      return text(`NOW: ${goTime(sys)}`);
    case "/hostname":
    case "/hostName":
      return text(sys.hostname());
    case "/clientip":
      return text(endpoint(peer));
    case "/echo":
      return text(value("msg"));
    case "/header":
      return text(request.header(value("key").toLowerCase()) ?? "");
    case "/healthz":
      return text("");
    default:
      return text("404 page not found\n", 404);
  }
}

/** `2026-11-24 01:41:24.123456789 +0000 UTC m=+1.234567890`, Go's time.Time. */
function goTime(sys: Sys): string {
  const date = /(\d+)\/(\d+)\/(\d+) (.*)/.exec(logTime(sys));
  const [, year, month, day, clock] = date ?? [];
  const nanoseconds = String(sys.monotonicNs() % SECOND_NS).padStart(9, "0");
  const since = (sys.monotonicNs() / SECOND_NS).toFixed(9);
  return `${year}-${month}-${day} ${clock}.${nanoseconds} +0000 UTC m=+${since}`;
}

/** Exit status 0: connected. Otherwise one word on standard error says why not. */
function* connect(sys: Sys, words: readonly string[]): Blocking<number> {
  const target = words.find((word) => !word.startsWith("--")) ?? "";
  const protocol = flag(words, "protocol") ?? "tcp";
  if (protocol !== "tcp") {
    yield* sys.printError(`agnhost: Podwire does not model the protocol '${protocol}'\n`);
    return 1;
  }
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(target) ?? [];
  const [, amount = "0", unit = "s"] = /^(\d+)(ms|s|m)$/.exec(flag(words, "timeout") ?? "") ?? [];
  const unitNs = unit === "ms" ? 1e6 : unit === "m" ? 60 * SECOND_NS : SECOND_NS;
  const timeoutNs = Number(amount) * unitNs;
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    yield* sys.printError(`DNS: lookup ${host}: no such host\n`);
    return 1;
  }
  const outcome = yield* connectTcp(
    sys,
    { ip: found.addresses[0], port: Number(port) },
    timeoutNs > 0 ? { deadlineNs: sys.monotonicNs() + timeoutNs } : {},
  );
  if (outcome.ok) return 0;
  if (outcome.error === "timeout" || outcome.error === "ETIMEDOUT") {
    yield* sys.printError("TIMEOUT\n");
  } else if (outcome.error === "ECONNREFUSED") yield* sys.printError("REFUSED\n");
  else {
    yield* sys.printError(
      `OTHER: dial tcp ${target}: connect: ${strerror(outcome.error).toLowerCase()}\n`,
    );
  }
  return 1;
}
