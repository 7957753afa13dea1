import { KernelError } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { getopt } from "../support/getopt.ts";
import { DEFAULT_FILE, readConfig, type Config } from "./config.ts";
import { openListeners } from "./listeners.ts";
import { Log, openLogs } from "./log.ts";
import { Master, signalRunning, type Start } from "./master.ts";
import { ConfigError } from "./syntax.ts";

const docs: ProgramDocs = {
  summary: "HTTP server",
  synopsis: "nginx [-?hvtTq] [-s signal] [-c filename] [-g directives]",
  options: [
    ["-v", "the version"],
    ["-t", "test the configuration"],
    ["-T", "test the configuration, and show it"],
    ["-q", "say less while testing"],
    ["-s signal", "stop, quit, reload or reopen the running server"],
    ["-c filename", "the configuration file"],
    ["-g directives", "`daemon off;` stays in the foreground"],
  ],
  limitations: [
    "Of the configuration: worker_processes, user, pid, error_log, log_format, access_log, listen, server_name, location, root, alias, index, autoindex, default_type, return, deny all, include.",
    "It serves files; there is no proxying and no TLS.",
    "A reload takes new answers, but no new addresses to listen on.",
  ],
};

interface CommandLine {
  readonly file: string;
  readonly globals: string;
  readonly signal: string | undefined;
  readonly isTest: boolean;
  readonly isQuiet: boolean;
  readonly showsConfig: boolean;
  readonly wantsVersion: boolean;
}

function readCommandLine(argv: readonly string[]): CommandLine | string {
  const parsed = getopt(["nginx", ...argv.slice(1)], { short: "?hvVtTqs:p:e:c:g:" });
  if (!parsed.ok) {
    return `nginx: invalid option: "${/'(.)'$/.exec(parsed.error)?.[1] ?? ""}"\n`;
  }
  const refused = parsed.options.find(({ name }) => ["V", "p", "e", "h", "?"].includes(name));
  if (refused) return `nginx: Podwire does not model the option -${refused.name}\n`;
  const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
  const value = (name: string): string | undefined =>
    parsed.options.findLast((option) => option.name === name)?.value;
  return {
    file: value("c") ?? DEFAULT_FILE,
    globals: value("g") ?? "",
    signal: value("s"),
    isTest: has("t") || has("T"),
    isQuiet: has("q"),
    showsConfig: has("T"),
    wantsVersion: has("v"),
  };
}

/** nginx as a package ships it, which tells its version in pages, headers and logs. */
export function nginxOfVersion(number: string, packageName: string): Program {
  const version = `nginx/${number}`;
  return {
    name: "nginx",
    package: packageName,
    directory: "/usr/sbin",
    docs,
    main: (sys, argv) => main(sys, argv, version),
  };
}

function* main(sys: Sys, argv: readonly string[], version: string): Blocking<number> {
  const line = readCommandLine(argv);
  if (typeof line === "string") {
    yield* sys.printError(line);
    return 1;
  }
  if (line.wantsVersion) {
    yield* sys.printError(`nginx version: ${version}\n`);
    return 0;
  }
  let config: Config;
  let log: Log;
  try {
    config = readConfig(sys, line.file, line.globals);
    if (line.signal !== undefined) return yield* signalRunning(sys, line.signal, config.pidFile);
    makeLogDirectory(sys);
    log = new Log(sys, config, openLogs(sys, config));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* sys.printError(`nginx: [emerg] ${error.message}\n`);
    if (line.isTest) yield* sys.printError(`nginx: configuration file ${line.file} test failed\n`);
    return 1;
  }
  if (line.isTest) return yield* reportTest(sys, line);
  const listeners = yield* openListeners(sys, config.servers, log);
  if (!listeners) return 1;
  const start: Start = {
    config,
    log,
    listeners,
    version,
    commandLine: argv.join(" "),
    globals: line.globals,
    connections: { count: 0 },
  };
  if (!config.isDaemon) return yield* new Master(sys, start).run();
  const kept = [...listeners, ...log.files.values()];
  sys.spawn({
    run: {
      name: "nginx",
      main: (child) => {
        for (const flags of [{ read: true }, { write: true }, { write: true }]) {
          child.open("/dev/null", flags);
        }
        return new Master(child, { ...start, log: new Log(child, config, log.files) }).run();
      },
    },
    descriptors: new Map(kept.map((fd) => [fd, fd] as const)),
    newSession: true,
  });
  return 0;
}

function* reportTest(sys: Sys, { file, isQuiet, showsConfig }: CommandLine): Blocking<number> {
  if (!isQuiet) {
    yield* sys.printError(
      `nginx: the configuration file ${file} syntax is ok\n` +
        `nginx: configuration file ${file} test is successful\n`,
    );
  }
  if (showsConfig && sys.access(file, {})) {
    yield* sys.print(`# configuration file ${file}:\n${sys.readTextFile(file)}\n`);
  }
  return 0;
}

function makeLogDirectory(sys: Sys): void {
  try {
    sys.mkdir("/var/log/nginx");
  } catch (error) {
    // It is there already, or opening the logs will say why it cannot be.
    if (!(error instanceof KernelError)) throw error;
  }
}

export const nginx = nginxOfVersion("1.22.1", "nginx");
