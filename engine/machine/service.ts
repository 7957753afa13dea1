/** A unit of the service manager, systemd.service(5). */
export interface ServiceUnit {
  /** Without `.service`. */
  readonly name: string;
  readonly description: string;
  /** Path of the program file, then its arguments (argv[0] is the path). */
  readonly argv: readonly [string, ...string[]];
  /** Started at boot. */
  readonly enabled: boolean;
  /** Restart=: started again when it ends in error; never after `stop`. */
  readonly restart?: "no" | "on-failure" | "always";
  readonly env?: Readonly<Record<string, string>>;
}

export type ServiceState = "inactive" | "active" | "failed" | "activating";

export interface LogLine {
  /** Unix seconds. */
  readonly atSeconds: number;
  /** Who wrote it: the program's name, or `systemd`. */
  readonly source: string;
  readonly pid: number;
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
  /** How the last run ended: an exit code, or a signal's name. */
  readonly result?: { readonly code: number } | { readonly signal: string };
}
