/** Joining a container's streams and waiting for its end: what run, start and attach share. */
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { WaitResult } from "../../api/container.ts";
import type { RecordStream } from "../../api/streams.ts";
import { CliError, type Cli } from "../cli.ts";
import type { FlagValues } from "../command.ts";
import type { Session } from "../streams.ts";

/** Throws CliError: input is wanted for a terminal and does not come from one. */
export function checkTty(cli: Cli, stdin: boolean, tty: boolean): void {
  if (stdin && tty && !cli.sys.isatty(0)) throw new CliError("the input device is not a TTY");
}

/** The status with which a container ended. */
export function* exitStatus(waiting: RecordStream<WaitResult>): Blocking<number> {
  const result = yield* waiting.next();
  waiting.close();
  return result?.Error === undefined ? (result?.StatusCode ?? 0) : 125;
}

export function session(
  cli: Cli,
  id: string,
  options: { readonly stdin: boolean; readonly tty: boolean; readonly flags: FlagValues },
): Session {
  const { stdin, tty, flags } = options;
  const keys = flags.text("detach-keys") ?? "";
  return {
    stdin,
    tty,
    impatient: cli.recent,
    ...(keys !== "" && { detachKeys: keys }),
    ...(tty && {
      resize: (rows: number, columns: number) => cli.engine.containerResize(id, rows, columns),
    }),
    ...(flags.on("sig-proxy", true) && {
      forward: (signal: string) => cli.engine.containerKill(id, signal),
    }),
  };
}
