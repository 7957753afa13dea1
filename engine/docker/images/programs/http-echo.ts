import { parseIpv4 } from "../../../net/address.ts";
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import { httpDate } from "../../../programs/support/http-server.ts";
import { endpoint, logTime } from "./go-log.ts";
import { listenOn, serveHttp } from "./http-service.ts";

const VERSION = "1.0.0";

/** hashicorp/http-echo: answers every request with the same text. */
export const httpEcho: Program = {
  name: "http-echo",
  package: "http-echo",
  directory: "",
  docs: {
    summary: "answer every HTTP request with a text",
    synopsis: "http-echo -text=TEXT [-listen=ADDRESS:PORT] [-status-code=CODE]",
  },
  *main(sys, argv) {
    const flags = new Map<string, string>();
    const words = argv.slice(1);
    for (let at = 0; at < words.length; at++) {
      const [, name = "", value] = /^--?([\w-]+)(?:=([^]*))?$/.exec(words[at] ?? "") ?? [];
      if (!["text", "listen", "status-code", "version"].includes(name)) {
        yield* sys.printError(`flag provided but not defined: -${name}\n`);
        return 2;
      }
      if (name === "version") {
        yield* sys.printError(`http-echo v${VERSION}\n`);
        return 0;
      }
      flags.set(name, value ?? words[++at] ?? "");
    }
    const text = flags.get("text") ?? sys.env.get("ECHO_TEXT") ?? "";
    if (text === "") {
      yield* sys.printError("Missing -text option or env var ECHO_TEXT!\n");
      return 127;
    }
    const address = flags.get("listen") ?? ":5678";
    const [, host = "", port = "0"] = /^(.*):(\d+)$/.exec(address) ?? [];
    const listener = listenOn(sys, Number(port), parseIpv4(host));
    if (listener instanceof KernelError) {
      yield* sys.printError(
        `${logTime(sys)} [ERR] Error starting server: listen tcp ${address}: bind: ${strerror(listener.errno).toLowerCase()}\n`,
      );
      return 1;
    }
    let isStopped = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      sys.signal(signal, () => (isStopped = true));
    yield* sys.print(`${logTime(sys)} [INFO] server is listening on ${address}\n`);
    const status = Number(flags.get("status-code") ?? 200);
    yield* serveHttp(
      sys,
      listener,
      {
        answer: () => ({
          status,
          headers: [
            "X-App-Name: http-echo",
            `X-App-Version: ${VERSION}`,
            `Date: ${httpDate(sys.realtimeSeconds())}`,
            "Content-Type: text/plain; charset=utf-8",
          ],
          body: `${text}\n`,
        }),
        *answered({ request, peer }, { body }) {
          const agent = request.header("user-agent") ?? "";
          const line = `${request.method} ${request.target} HTTP/${request.version}`;
          yield* sys.print(
            `${logTime(sys)} ${request.header("host") ?? ""} ${endpoint(peer)} "${line}" ${status} ${body.length} "${agent}" 0s\n`,
          );
        },
      },
      () => isStopped,
    );
    yield* sys.print(`${logTime(sys)} [INFO] received interrupt, shutting down...\n`);
    return 0;
  },
};
