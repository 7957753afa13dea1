import { formatIpv4 } from "../../net/address.ts";
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { SignalName } from "../../kernel/process/signal.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { serveConnections, type Serving } from "../support/http-server.ts";
import { ConfigError, type Listen, readConfig, type ServerBlock } from "./config.ts";
import { VERSION, Worker } from "./worker.ts";

const PID_FILE = "/run/nginx.pid";
const BACKLOG = 511;
/** The descriptors below are files that nginx keeps open. */
const FIRST_LISTENER_FD = 6;
/** bind() is tried again, every half second. */
const BIND_ATTEMPTS = 5;

const HANDLED_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"] as const;

const docs: ProgramDocs = {
  summary: "HTTP server",
  synopsis: "nginx [-?hvVtTq] [-s signal] [-g directives]",
  options: [
    ["-v, -V", "the version"],
    ["-t", "test the configuration"],
    ["-s signal", "stop, quit, reload or reopen the running server"],
    ["-g directives", "`daemon off;` stays in the foreground"],
  ],
  limitations: [
    "Of the configuration, sites-enabled/* is read: listen, server_name, root, index, autoindex, return.",
    "It serves files; there is no proxying and no TLS.",
  ],
};

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(["nginx", ...argv.slice(1)], { short: "?hvVtTqs:p:e:c:g:" });
  if (!parsed.ok) {
    const letter = /'(.)'$/.exec(parsed.error)?.[1] ?? "";
    yield* sys.printError(`nginx: invalid option: "${letter}"\n`);
    return 1;
  }
  let isTest = false;
  let isForeground = false;
  for (const { name, value } of parsed.options) {
    switch (name) {
      case "v":
      case "V":
        yield* sys.printError(`nginx version: ${VERSION}\n`);
        return 0;
      case "t":
      case "T":
        isTest = true;
        break;
      case "s":
        return yield* signalRunning(sys, value ?? "");
      case "g":
        isForeground = /\bdaemon\s+off\s*;/.test(value ?? "");
        break;
      case "q":
        break;
      default:
        yield* sys.printError(`nginx: Podwire does not model the option -${name}\n`);
        return 1;
    }
  }
  let servers: readonly ServerBlock[];
  try {
    servers = readConfig(sys);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* sys.printError(`nginx: [emerg] ${error.message}\n`);
    if (isTest)
      yield* sys.printError("nginx: configuration file /etc/nginx/nginx.conf test failed\n");
    return 1;
  }
  if (isTest) {
    yield* sys.printError(
      "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n" +
        "nginx: configuration file /etc/nginx/nginx.conf test is successful\n",
    );
    return 0;
  }
  makeLogDirectory(sys);
  const listeners = yield* openListeners(sys, servers);
  if (!listeners) return 1;
  if (isForeground) return yield* master(sys, listeners, servers);
  const descriptors = new Map(listeners.map((fd) => [fd, fd] as const));
  sys.spawn({
    run: {
      name: "nginx",
      main: (child) => master(child, listeners, servers),
    },
    descriptors,
    newSession: true,
  });
  return 0;
}

function makeLogDirectory(sys: Sys): void {
  try {
    sys.mkdir("/var/log/nginx");
  } catch (error) {
    // It is there already, or cannot be made: then nothing is logged.
    if (!(error instanceof KernelError)) throw error;
  }
}

/** One socket for each address; undefined: it was said why not. */
function* openListeners(
  sys: Sys,
  servers: readonly ServerBlock[],
): Blocking<readonly number[] | undefined> {
  const wanted = new Map<string, Listen>();
  for (const { listen } of servers) {
    for (const one of listen) wanted.set(`${formatIpv4(one.ip)}:${one.port}`, one);
  }
  const listeners: number[] = [];
  for (const [name, address] of wanted) {
    const fd = yield* openListener(sys, name, address);
    if (fd === undefined) {
      yield* sys.printError("nginx: [emerg] still could not bind()\n");
      return undefined;
    }
    listeners.push(fd);
  }
  return listeners;
}

function* openListener(sys: Sys, name: string, address: Listen): Blocking<number | undefined> {
  const opened = sys.socket("inet", "stream");
  const fd = sys.dup(opened, { from: FIRST_LISTENER_FD });
  sys.close(opened);
  sys.setsockopt(fd, "reuseAddress", true);
  for (let attempt = 0; attempt < BIND_ATTEMPTS; attempt++) {
    try {
      sys.bind(fd, address);
      sys.listen(fd, BACKLOG);
      return fd;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const why = `${errnoNumber(error.errno)}: ${strerror(error.errno)}`;
      yield* sys.printError(`nginx: [emerg] bind() to ${name} failed (${why})\n`);
      if (error.errno !== "EADDRINUSE") return undefined;
      yield* sys.sleep(SECOND / 2);
    }
  }
  return undefined;
}

/** Keeps one worker running until it is told to stop. */
function* master(
  sys: Sys,
  listeners: readonly number[],
  servers: readonly ServerBlock[],
): Blocking<number> {
  let wanted: SignalName | undefined;
  for (const signal of HANDLED_SIGNALS) {
    sys.signal(signal, () => {
      wanted = signal;
    });
  }
  try {
    sys.writeFile(PID_FILE, `${sys.pid}\n`);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  let current = servers;
  let worker = startWorker(sys, listeners, current);
  for (;;) {
    let hasEnded = false;
    try {
      hasEnded = (yield* sys.waitpid(worker)) !== undefined;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      hasEnded = error.errno === "ECHILD";
    }
    if (wanted === "SIGHUP") {
      wanted = undefined;
      current = reread(sys, current);
      if (!hasEnded) yield* endWorker(sys, worker);
      worker = startWorker(sys, listeners, current);
    } else if (wanted) {
      if (!hasEnded) yield* endWorker(sys, worker);
      break;
    } else if (hasEnded) worker = startWorker(sys, listeners, current);
  }
  try {
    sys.unlink(PID_FILE);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  return 0;
}

/** A configuration that is wrong leaves the old one in force. */
function reread(sys: Sys, old: readonly ServerBlock[]): readonly ServerBlock[] {
  try {
    return readConfig(sys);
  } catch (error) {
    if (error instanceof ConfigError) return old;
    throw error;
  }
}

function startWorker(
  sys: Sys,
  listeners: readonly number[],
  servers: readonly ServerBlock[],
): number {
  return sys.spawn({
    run: { name: "nginx", main: (child) => work(child, listeners, servers) },
    resetSignals: HANDLED_SIGNALS,
    descriptors: new Map(listeners.map((fd) => [fd, fd] as const)),
  });
}

function* endWorker(sys: Sys, pid: number): Blocking<void> {
  try {
    sys.kill(pid, "SIGTERM");
    yield* sys.waitpid(pid);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}

function* work(
  sys: Sys,
  listeners: readonly number[],
  servers: readonly ServerBlock[],
): Blocking<number> {
  const worker = new Worker(sys, servers);
  const serve = (fd: number, peer: Parameters<Worker["serve"]>[1]): Serving<void> =>
    worker.serve(fd, peer);
  yield* serveConnections(sys, listeners, serve, () => false);
  return 0;
}

/** nginx -s SIGNAL */
function* signalRunning(sys: Sys, name: string): Blocking<number> {
  const signals: Readonly<Record<string, SignalName>> = {
    stop: "SIGTERM",
    quit: "SIGQUIT",
    reload: "SIGHUP",
    reopen: "SIGUSR1",
  };
  const signal = signals[name];
  if (!signal) {
    yield* sys.printError(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  try {
    sys.kill(Number(sys.readTextFile(PID_FILE).trim()), signal);
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const why = `${errnoNumber(error.errno)}: ${strerror(error.errno)}`;
    const what = error.errno === "ENOENT" ? `open() "${PID_FILE}"` : "kill()";
    yield* sys.printError(`nginx: [error] ${what} failed (${why})\n`);
    return 1;
  }
}

export const nginx: Program = {
  name: "nginx",
  package: "nginx",
  directory: "/usr/sbin",
  docs,
  main,
};
