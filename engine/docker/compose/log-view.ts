/** The output of several containers, each line behind the name of its own. */
import { isErrno } from "../../programs/support/command.ts";
import type { SignalName } from "../../kernel/process/signal.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { ContainerSummary, LogsOptions } from "../api/container.ts";
import { FrameReader } from "../api/streams.ts";
import type { Cli } from "../cli/cli.ts";
import { nameOf } from "./lifecycle.ts";

interface Feed {
  readonly label: string;
  readonly id: string;
  readonly fd: number;
  readonly frames: FrameReader | undefined;
  rest: string;
}

export interface ViewOptions extends Pick<LogsOptions, "timestamps" | "tail" | "since" | "until"> {
  readonly follow: boolean;
  readonly prefix: boolean;
  /** Tell with which code each ended. */
  readonly exits: boolean;
}

/** `web-1`: a container's name without its project's. */
function shortName(project: string, item: ContainerSummary): string {
  const name = nameOf(item);
  return name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name;
}

/** Until all have ended; a signal ends it early and is returned. */
export function* viewLogs(
  cli: Cli,
  project: string,
  containers: readonly ContainerSummary[],
  options: ViewOptions,
): Blocking<SignalName | undefined> {
  const { sys, engine } = cli;
  const width = Math.max(0, ...containers.map((item) => shortName(project, item).length));
  const feeds = containers.map((item): Feed => {
    const stream = engine.containerLogs(item.Id, { ...options, stdout: true, stderr: true });
    return {
      label: shortName(project, item),
      id: item.Id,
      fd: sys.receiveFile(stream.file),
      frames: stream.isRaw ? undefined : new FrameReader(),
      rest: "",
    };
  });
  let caught: SignalName | undefined;
  const signals: readonly SignalName[] = ["SIGINT", "SIGTERM"];
  for (const signal of signals) sys.signal(signal, (which) => void (caught = which));
  const open = new Map(feeds.map((feed) => [feed.fd, feed]));
  const head = (feed: Feed) => (options.prefix ? `${feed.label.padEnd(width)}  | ` : "");
  try {
    while (open.size > 0 && caught === undefined) {
      let ready;
      try {
        ready = yield* sys.poll([...open.keys()].map((fd) => ({ fd, events: ["in"] as const })));
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
        continue;
      }
      for (const { fd } of ready.filter((entry) => entry.in || entry.hangup)) {
        const feed = open.get(fd) as Feed;
        const bytes = yield* sys.read(fd, 32 * 1024);
        if (bytes.length > 0) {
          yield* cli.print(lines(feed, bytes, head(feed)));
          continue;
        }
        if (feed.rest !== "") yield* cli.print(`${head(feed)}${feed.rest}\n`);
        open.delete(fd);
        if (options.exits) yield* tellExit(cli, feed);
      }
    }
    return caught;
  } finally {
    for (const feed of feeds) sys.close(feed.fd);
    for (const signal of signals) sys.signal(signal, "default");
  }
}

/** Whole lines behind the head; what follows the last of them waits. */
function lines(feed: Feed, bytes: Uint8Array, head: string): string {
  const data =
    feed.frames === undefined ? [bytes] : feed.frames.push(bytes).map((item) => item.data);
  feed.rest += data.map(decodeUtf8).join("");
  const whole = feed.rest.split("\n");
  feed.rest = whole.pop() ?? "";
  return whole.map((line) => `${head}${line}\n`).join("");
}

function* tellExit(cli: Cli, feed: Feed): Blocking<void> {
  const { State } = cli.engine.containerInspect(feed.id);
  yield* cli.print(`${feed.label} exited with code ${State.ExitCode}\n`);
}
