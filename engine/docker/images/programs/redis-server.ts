import { KernelError } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { strftime } from "../../../programs/support/calendar.ts";
import { sendAll, serveConnections, type Serving } from "../../../programs/support/http-server.ts";
import { concatBytes } from "../../../programs/support/streams.ts";
import { encodeUtf8 } from "../../../sim/utf8.ts";
import { listenOn } from "./http-service.ts";
import { RedisStore, type Reply } from "./redis-store.ts";
import { parseRequest, writeReply } from "./resp.ts";

export const REDIS_VERSION = "7.4.2";
const MAX_REQUEST_BYTES = 1 << 20;

export const redisServer: Program = {
  name: "redis-server",
  package: "redis",
  directory: "/usr/local/bin",
  docs: {
    summary: "a store of keys and values in memory",
    synopsis: "redis-server [--port PORT]",
    limitations: [
      "Strings only: PING ECHO SET GET MGET DEL EXISTS INCR INCRBY DECR APPEND STRLEN KEYS DBSIZE FLUSHALL TYPE EXPIRE TTL INFO SELECT QUIT.",
      "Nothing is written to the disk; redis.conf is not read.",
    ],
  },
  *main(sys, argv) {
    const at = argv.indexOf("--port");
    const odd = argv.slice(1).find((_word, index) => at < 0 || (index + 1 !== at && index !== at));
    if (odd !== undefined) {
      yield* sys.printError(`redis-server: Podwire does not model '${odd}'\n`);
      return 1;
    }
    const port = at < 0 ? 6379 : Number(argv[at + 1]);
    yield* log(sys, "C", "*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
    yield* log(
      sys,
      "C",
      "*",
      `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${sys.pid}, just started`,
    );
    if (at < 0) {
      yield* log(
        sys,
        "C",
        "#",
        "Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf",
      );
    } else yield* log(sys, "C", "*", "Configuration loaded");
    yield* log(sys, "M", "*", "monotonic clock: POSIX clock_gettime");
    const listener = listenOn(sys, port);
    if (listener instanceof KernelError) {
      const why = listener.errno === "EADDRINUSE" ? "Address already in use" : "Permission denied";
      yield* log(
        sys,
        "M",
        "#",
        `Warning: Could not create server TCP listening socket *:${port}: bind: ${why}`,
      );
      yield* log(sys, "M", "#", `Failed listening on port ${port} (tcp), aborting.`);
      return 1;
    }
    yield* log(sys, "M", "*", `Running mode=standalone, port=${port}.`);
    yield* log(sys, "M", "*", "Server initialized");
    yield* log(sys, "M", "*", "Ready to accept connections tcp");
    return yield* new Server(sys, listener, port).run();
  },
};

/** `1:M 24 Nov 2026 01:41:24.123 * text` */
function* log(sys: Sys, role: "C" | "M", mark: "*" | "#", text: string): Blocking<void> {
  const now = sys.realtimeSeconds();
  const millis = String(Math.floor((now % 1) * 1000)).padStart(3, "0");
  yield* sys.print(
    `${sys.pid}:${role} ${strftime("%d %b %Y %H:%M:%S", now)}.${millis} ${mark} ${text}\n`,
  );
}

class Server {
  private readonly store: RedisStore;
  private readonly startedNs: number;
  private clients = 0;
  private connections = 0;
  private commands = 0;

  constructor(
    private readonly sys: Sys,
    private readonly listener: number,
    private readonly port: number,
  ) {
    this.startedNs = sys.monotonicNs();
    this.store = new RedisStore(
      () => sys.monotonicNs() / 1e6,
      (section, keyspace) => this.info(section, keyspace),
    );
  }

  *run(): Blocking<number> {
    const { sys } = this;
    let signal: "SIGTERM" | "SIGINT" | undefined;
    for (const each of ["SIGTERM", "SIGINT"] as const) sys.signal(each, () => (signal = each));
    yield* serveConnections(
      sys,
      [this.listener],
      (fd) => this.serve(fd),
      () => signal !== undefined,
    );
    yield* sys.print(
      `${sys.pid}:signal-handler (${Math.floor(sys.realtimeSeconds())}) Received ${signal} scheduling shutdown...\n`,
    );
    yield* log(sys, "M", "*", "User requested shutdown...");
    yield* log(sys, "M", "*", "Saving the final RDB snapshot before exiting.");
    yield* log(sys, "M", "*", "DB saved on disk");
    yield* log(sys, "M", "#", "Redis is now ready to exit, bye bye...");
    return 0;
  }

  private *serve(fd: number): Serving<void> {
    this.clients += 1;
    this.connections += 1;
    let buffer: Uint8Array = new Uint8Array(0);
    try {
      for (;;) {
        const parsed = parseRequest(buffer);
        if (parsed === "malformed" || buffer.length > MAX_REQUEST_BYTES) {
          yield* this.send(fd, { kind: "error", text: "ERR Protocol error: invalid bulk length" });
          return;
        }
        if (parsed === "incomplete") {
          const more = yield* this.receive(fd);
          if (!more) return;
          buffer = concatBytes([buffer, more]);
          continue;
        }
        buffer = buffer.subarray(parsed.end);
        if (parsed.value.length === 0) continue;
        this.commands += 1;
        yield* this.send(fd, this.store.run(parsed.value));
        if (parsed.value[0]?.toUpperCase() === "QUIT") return;
      }
    } finally {
      this.clients -= 1;
    }
  }

  private *receive(fd: number): Serving<Uint8Array | undefined> {
    for (;;) {
      try {
        const data = yield* this.sys.recv(fd, 65_536);
        return data.length === 0 ? undefined : data;
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EAGAIN") throw error;
      }
      yield { wait: "in" };
    }
  }

  private *send(fd: number, reply: Reply): Serving<void> {
    yield* sendAll(this.sys, fd, encodeUtf8(writeReply(reply)));
  }

  private info(section: string, keyspace: string): string {
    const { sys } = this;
    const uptime = Math.floor((sys.monotonicNs() - this.startedNs) / 1e9);
    const sections: Readonly<Record<string, string>> = {
      server:
        `# Server\r\nredis_version:${REDIS_VERSION}\r\nredis_mode:standalone\r\n` +
        `os:Linux ${sys.uname().release} ${sys.uname().machine}\r\narch_bits:64\r\n` +
        `process_id:${sys.pid}\r\ntcp_port:${this.port}\r\nuptime_in_seconds:${uptime}\r\n` +
        `uptime_in_days:${Math.floor(uptime / 86_400)}\r\n`,
      clients: `# Clients\r\nconnected_clients:${this.clients}\r\nmaxclients:10000\r\nblocked_clients:0\r\n`,
      stats:
        `# Stats\r\ntotal_connections_received:${this.connections}\r\n` +
        `total_commands_processed:${this.commands}\r\n`,
      replication: "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n",
      keyspace: `# Keyspace\r\n${keyspace}`,
    };
    if (section === "" || section === "default" || section === "all") {
      return Object.values(sections).join("\r\n");
    }
    return sections[section] ?? "";
  }
}
