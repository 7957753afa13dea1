/** A unit of the service manager, systemd.service(5). */
export interface ServiceUnit {
  /** Without `.service`. */
  readonly name: string;
  readonly description: string;
  /** Path of the program file, then its arguments (argv[0] is the path). */
  readonly argv: readonly [string, ...string[]];
  /** ExecStartPre=: has to succeed before `argv` is run. */
  readonly startPre?: readonly [string, ...string[]];
  /** Documentation= */
  readonly documentation?: string;
  /** Started at boot. */
  readonly enabled: boolean;
  /** Restart=: started again when it ends in error; never after `stop`. */
  readonly restart?: "no" | "on-failure" | "always";
  readonly env?: Readonly<Record<string, string>>;
}

export type ServiceState = "inactive" | "active" | "failed" | "activating" | "deactivating";

export interface LogLine {
  /** Unix seconds. */
  readonly atSeconds: number;
  /** Who wrote it: the program's name, or `systemd`. */
  readonly source: string;
  readonly pid: number;
  /** Name of the unit that it is about; undefined: the manager itself. */
  readonly unit?: string;
  readonly text: string;
}

export interface ServiceStatus {
  readonly unit: ServiceUnit;
  readonly enabled: boolean;
  readonly state: ServiceState;
  /** 0 unless it runs. */
  readonly mainPid: number;
  /** Unix seconds of the last change of state. */
  readonly sinceSeconds: number;
  /** Of the last run, while there is none; 0: it has never run. */
  readonly lastPid: number;
  /** How long the last run lasted, or undefined. */
  readonly lastedSeconds?: number;
  /** The unit failed because of what `startPre` or `argv` did, or because it failed too often. */
  readonly failure?: "exit-code" | "signal" | "start-limit-hit";
  /** ExecStartPre='s own end. */
  readonly startPre?: { readonly pid: number; readonly code: number };
  /** How the last run ended: an exit code, or a signal's name. */
  readonly result?: { readonly code: number } | { readonly signal: string };
}
