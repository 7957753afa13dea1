/** What the parts of a running daemon share. */
import type { Kernel } from "../../kernel/kernel.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Random } from "../../sim/random.ts";
import type { Firewall } from "../firewall/firewall.ts";
import type { DaemonConfig } from "./config.ts";
import type { EngineState } from "./engine-state.ts";
import type { Events } from "./events.ts";
import type { Clock } from "./instant.ts";
import type { Release } from "./release.ts";

export interface DaemonContext {
  readonly kernel: Kernel;
  /** The daemon's own system calls. */
  readonly sys: Sys;
  readonly release: Release;
  readonly config: DaemonConfig;
  readonly random: Random;
  readonly clock: Clock;
  readonly events: Events;
  readonly firewall: Firewall;
  /** The policy of FORWARD becomes DROP. */
  readonly dropForwarding: () => void;
  readonly state: EngineState;
}
