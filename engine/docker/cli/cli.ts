/** What every command has at hand: the engine, the terminal, and its errors in docker's words. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { connectToEngine, type DockerEngineApi } from "../api/engine-api.ts";
import { ApiError } from "../api/errors.ts";
import type { CliVersion } from "./version.ts";

/** Printed on standard error as it is; an empty message is not printed. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** `Error response from daemon: …`, or the message of the command line's own error. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return `Error response from daemon: ${error.message}`;
  if (error instanceof CliError) return error.message;
  throw error;
}

const DEFAULT_HOST = "unix:///var/run/docker.sock";

export class Cli {
  private connection: DockerEngineApi | undefined;

  constructor(
    readonly sys: Sys,
    readonly version: CliVersion,
    /** As typed: `docker container ls`. */
    readonly path: string,
    private readonly host: string | undefined,
  ) {}

  /** 28, and what came with it. */
  get recent(): boolean {
    return this.version === "28";
  }

  /** The same for a command below this one. */
  at(path: string): Cli {
    return new Cli(this.sys, this.version, path, this.host);
  }

  get endpoint(): string {
    return this.host ?? this.sys.env.get("DOCKER_HOST") ?? DEFAULT_HOST;
  }

  /** Throws CliError when no daemon listens. */
  get engine(): DockerEngineApi {
    this.connection ??= this.connect();
    return this.connection;
  }

  /** Whether a daemon is there to be asked. */
  get answers(): boolean {
    try {
      return this.engine !== undefined;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return false;
    }
  }

  private connect(): DockerEngineApi {
    const { endpoint } = this;
    if (!endpoint.startsWith("unix://")) {
      throw new CliError(`docker: Podwire does not model a daemon at ${endpoint}`);
    }
    const engine = connectToEngine(this.sys, endpoint.slice("unix://".length));
    if (engine === undefined) {
      throw new CliError(
        `Cannot connect to the Docker daemon at ${endpoint}. Is the docker daemon running?`,
      );
    }
    return engine;
  }

  print(text: string): Blocking<void> {
    return this.sys.print(text);
  }

  printError(text: string): Blocking<void> {
    return this.sys.printError(text);
  }

  /** An object that is not there: 20.10 says `Error: No such KIND: ID` whatever the engine says. */
  lookUp<T>(kind: string, id: string, find: () => T): T {
    try {
      return find();
    } catch (error) {
      throw this.missing(kind, id, error);
    }
  }

  /** The error to throw for one of the engine. */
  missing(kind: string, id: string, error: unknown): unknown {
    if (!(error instanceof ApiError) || error.status !== 404 || this.recent) return error;
    return new CliError(`Error: No such ${kind}: ${id}`);
  }

  /**
   * Does something to each of the objects named; what fails is told at the end. The name of each is
   * printed when it is done, unless `quiet`.
   */
  *forEach(
    names: readonly string[],
    act: (name: string) => Blocking<void>,
    quiet = false,
  ): Blocking<number> {
    const errors: string[] = [];
    for (const name of names) {
      try {
        yield* act(name);
        if (!quiet) yield* this.print(`${name}\n`);
      } catch (error) {
        errors.push(errorText(error));
      }
    }
    if (errors.length === 0) return 0;
    yield* this.printError(`${errors.join("\n")}\n`);
    return 1;
  }

  /** Asks on the terminal; the end of standard input is a no. */
  *confirm(warning: string): Blocking<boolean> {
    yield* this.print(`${warning}\nAre you sure you want to continue? [y/N] `);
    let answer = "";
    for (;;) {
      const bytes = yield* this.sys.read(0, 1);
      const char = String.fromCharCode(bytes[0] ?? 10);
      if (char === "\n") break;
      answer += char;
    }
    return /^\s*y\s*$/i.test(answer);
  }
}
