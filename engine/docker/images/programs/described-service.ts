import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import { httpDate } from "../../../programs/support/http-server.ts";
import { formatIpv4 } from "../../../net/address.ts";
import { logTime } from "./go-log.ts";
import { listenOn, serveHttp, type Answer } from "./http-service.ts";

/** Where the description is in an image. */
export const DESCRIPTION_FILE = "/etc/http-service.json";

export interface DescribedAnswer {
  /** 200 unless said. */
  readonly status?: number;
  readonly body?: string;
  /** `text/plain` unless said. */
  readonly type?: string;
  readonly delayMs?: number;
}

/** An HTTP service described by data: what a lab file says of an image of its own. */
export interface ServiceDescription {
  readonly port: number;
  /** Path, without a query → answer; `*`: every other path. */
  readonly paths: Readonly<Record<string, DescribedAnswer>>;
}

/** Serves what the description in its image says. */
export const describedService: Program = {
  name: "http-service",
  package: "podwire-http-service",
  directory: "/usr/bin",
  docs: {
    summary: "serve HTTP as a file describes it",
    synopsis: "http-service",
  },
  *main(sys) {
    const { port, paths } = JSON.parse(sys.readTextFile(DESCRIPTION_FILE)) as ServiceDescription;
    const listener = listenOn(sys, port);
    if (listener instanceof KernelError) {
      yield* sys.printError(`http-service: port ${port}: ${strerror(listener.errno)}\n`);
      return 1;
    }
    let isStopped = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      sys.signal(signal, () => (isStopped = true));
    yield* serveHttp(
      sys,
      listener,
      {
        answer({ request }): Answer {
          const path = request.target.replace(/\?.*/, "");
          const found = paths[path] ?? paths["*"] ?? { status: 404, body: "not found\n" };
          return {
            status: found.status ?? 200,
            headers: [
              `Date: ${httpDate(sys.realtimeSeconds())}`,
              `Content-Type: ${found.type ?? "text/plain"}`,
            ],
            body: found.body ?? "",
            delayNs: (found.delayMs ?? 0) * 1e6,
          };
        },
        *answered({ request, peer }, { status }) {
          yield* sys.print(`${logTime(sys)} ${formatIpv4(peer.ip)} "${request.line}" ${status}\n`);
        },
      },
      () => isStopped,
    );
    return 0;
  },
};
