import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Log } from "./log.ts";
import type { SocatOptions } from "./options.ts";

/** What an opened address can do. The calls take the process that makes them: socat forks. */
export interface Channel {
  /** Descriptors to read from and to write to; undefined: not in this direction. */
  readonly input?: number;
  readonly output?: number;
  /** Data that came with the opening: the datagram that a UDP listener waited for. */
  initial?: Uint8Array;
  /** crnl: carriage return and newline outside, newline inside. */
  readonly crnl?: boolean;
  /** "end": nothing more will come. */
  read(sys: Sys, log: Log, max: number): Blocking<Uint8Array | "end">;
  write(sys: Sys, log: Log, data: Uint8Array): Blocking<void>;
  /** Tells the other side that no more will be written. */
  shutdown(sys: Sys): void;
}

export type Direction = "read" | "write" | "both";

/** What an address is opened with. */
export interface Opening {
  readonly sys: Sys;
  readonly log: Log;
  readonly options: SocatOptions;
  readonly direction: Direction;
}

/** Goes on with the opened channel; a forking address calls it in each child. */
export type Continuation = (sys: Sys, log: Log, channel: Channel) => Blocking<number>;
