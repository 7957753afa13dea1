/** Who is logged in: the terminals that have a session leader, as utmp would list them. */
import type { Sys } from "../../kernel/process/sys.ts";
import { listProcesses, type ProcessInfo } from "./process-list.ts";

export interface Login {
  readonly user: string;
  /** `pts/0` */
  readonly terminal: string;
  readonly shell: ProcessInfo;
  readonly sinceSeconds: number;
}

export function listLogins(sys: Sys): readonly Login[] {
  return listProcesses(sys)
    .filter((process) => process.terminal !== undefined && process.session === process.pid)
    .map((shell) => ({
      user: shell.user,
      terminal: shell.terminal as string,
      shell,
      sinceSeconds: shell.startedSeconds,
    }));
}
