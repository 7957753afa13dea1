import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { resolveHost } from "../../../programs/support/resolve.ts";
import { concatBytes, readAll } from "../../../programs/support/streams.ts";
import { connectTcp } from "../../../programs/support/tcp-client.ts";
import { decodeUtf8, encodeUtf8 } from "../../../sim/utf8.ts";
import type { Reply } from "./redis-store.ts";
import { parseReply, writeRequest } from "./resp.ts";

export const redisCli: Program = {
  name: "redis-cli",
  package: "redis-tools",
  directory: "/usr/local/bin",
  docs: {
    summary: "send commands to a Redis server",
    synopsis: "redis-cli [-h HOST] [-p PORT] [COMMAND [ARGUMENT]...]",
    limitations: ["Without a command it reads commands, one a line, until the end of its input."],
  },
  *main(sys, argv) {
    let host = "127.0.0.1";
    let port = 6379;
    const words = argv.slice(1);
    while (words[0]?.startsWith("-")) {
      const option = words.shift();
      if (option === "-h") host = words.shift() ?? host;
      else if (option === "-p") port = Number(words.shift());
      else {
        yield* sys.printError(`redis-cli: Podwire does not model the option '${option}'\n`);
        return 1;
      }
    }
    const fd = yield* connect(sys, host, port);
    if (typeof fd === "string") {
      yield* sys.printError(`Could not connect to Redis at ${host}:${port}: ${fd}\n`);
      return 1;
    }
    const isTerminal = sys.isatty(1);
    if (words.length > 0) return yield* ask(sys, fd, words, isTerminal);
    const lines = decodeUtf8(yield* readAll(sys, 0)).split("\n");
    for (const line of lines.filter((text) => text.trim() !== "")) {
      yield* ask(sys, fd, line.trim().split(/\s+/), isTerminal);
    }
    return 0;
  },
};

function* connect(sys: Sys, host: string, port: number): Blocking<number | string> {
  const found = yield* resolveHost(sys, host);
  if (!found.ok) return found.error;
  const outcome = yield* connectTcp(sys, { ip: found.addresses[0], port });
  if (outcome.ok) {
    sys.setsockopt(outcome.fd, "nonBlocking", false);
    return outcome.fd;
  }
  return outcome.error === "timeout" ? "Connection timed out" : strerror(outcome.error);
}

function* ask(
  sys: Sys,
  fd: number,
  words: readonly string[],
  isTerminal: boolean,
): Blocking<number> {
  try {
    yield* sys.send(fd, encodeUtf8(writeRequest(words)));
    let buffer: Uint8Array = new Uint8Array(0);
    for (;;) {
      const data = yield* sys.recv(fd, 65_536);
      if (data.length === 0) break;
      buffer = concatBytes([buffer, data]);
      const parsed = parseReply(buffer);
      if (typeof parsed === "string") continue;
      yield* sys.print(`${isTerminal ? forPeople(parsed.value) : raw(parsed.value)}\n`);
      return parsed.value.kind === "error" && !isTerminal ? 1 : 0;
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  yield* sys.printError("Error: Server closed the connection\n");
  return 1;
}

function raw(reply: Reply): string {
  switch (reply.kind) {
    case "nil":
      return "";
    case "integer":
      return String(reply.value);
    case "array":
      return reply.items.map(raw).join("\n");
    default:
      return reply.kind === "error" ? `${reply.text}\n` : reply.text;
  }
}

/** With quotes, types and numbers, as on a terminal. */
function forPeople(reply: Reply, indent = ""): string {
  switch (reply.kind) {
    case "nil":
      return "(nil)";
    case "integer":
      return `(integer) ${reply.value}`;
    case "error":
      return `(error) ${reply.text}`;
    case "status":
      return reply.text;
    case "bulk":
      return JSON.stringify(reply.text);
    case "array":
      if (reply.items.length === 0) return "(empty array)";
      return reply.items
        .map(
          (item, index) =>
            `${index === 0 ? "" : indent}${index + 1}) ${forPeople(item, `${indent}   `)}`,
        )
        .join("\n");
  }
}
