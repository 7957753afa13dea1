/**
 * What the user interface asks of the host it runs in. The desktop and the browser edition each
 * implement this once; the components know nothing else about where they run.
 */
import type { ClockState, Notice, Session } from "../../engine/session.ts";

/** What a window uses of a session: the pacer advances it, and clients outside connect elsewhere. */
export type WindowSession = Omit<
  Session,
  | "advance"
  | "step"
  | "takeNotices"
  | "openDockerConnection"
  | "connectionInput"
  | "endConnectionInput"
  | "holdConnection"
  | "closeConnection"
>;

/** The session as seen through RPC: the same methods, answering later. */
export type RemoteSession = {
  readonly [K in keyof WindowSession]: (
    ...args: Parameters<WindowSession[K]>
  ) => Promise<Awaited<ReturnType<WindowSession[K]>>>;
};

/** Lets the user's own `docker` command drive a machine's engine; on hosts that can open sockets. */
export interface DockerApi {
  /** Answers the value for DOCKER_HOST: `unix:///…`. */
  serve(machine: string): Promise<string>;
  stop(machine: string): Promise<void>;
}

/** Paces the engine in its own thread or process. */
export interface Pacer {
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Runs one event while paused. False: nothing is left to run. */
  step(): Promise<boolean>;
  /** Lab seconds per real second; Infinity: as fast as possible. */
  setSpeed(speed: number): Promise<void>;
}

/** A lab that was opened or saved before. */
export interface RecentLab {
  readonly id: string;
  readonly name: string;
  /** Where it is kept, in words: a path, or "in this browser". */
  readonly place: string;
  /** Unix milliseconds. */
  readonly savedAt: number;
}

/** A lab file as the host handed it over. */
export interface OpenedFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export interface LabFiles {
  /** Lets the user choose; undefined when the choice was cancelled. */
  open(): Promise<OpenedFile | undefined>;
  openRecent(id: string): Promise<OpenedFile | undefined>;
  recent(): Promise<readonly RecentLab[]>;
  forgetRecent(id: string): Promise<void>;
  /** Writes over the file with that id. */
  save(id: string, text: string): Promise<void>;
  /** Asks for a name and place; undefined when cancelled. */
  saveAs(
    suggestedName: string,
    text: string,
  ): Promise<{ readonly id: string; readonly name: string } | undefined>;
  /** Hands the user a copy as a download or through a dialog, for sharing. */
  exportCopy(suggestedName: string, text: string): Promise<void>;
  /** Keeps the state of unsaved work; survives a crash. */
  writeRecovery(recovery: {
    readonly fileId?: string;
    readonly name: string;
    readonly text: string;
  }): Promise<void>;
  readRecovery(): Promise<
    | {
        readonly fileId?: string;
        readonly name: string;
        readonly text: string;
        readonly writtenAt: number;
      }
    | undefined
  >;
  clearRecovery(): Promise<void>;
}

/** A command chosen in a native menu, or a file handed over by the system. */
export type HostEvent =
  | { readonly kind: "command"; readonly id: string }
  | { readonly kind: "open-file"; readonly file: OpenedFile };

export interface Host {
  readonly kind: "desktop" | "browser";
  readonly session: RemoteSession;
  readonly pacer: Pacer;
  readonly files: LabFiles;
  readonly dockerApi?: DockerApi;
  /** Notices arrive in batches, at most about 60 times a second. */
  onNotices(listener: (notices: readonly Notice[]) => void): () => void;
  onClock(listener: (clock: ClockState) => void): () => void;
  /** The engine stopped working; the text says why. */
  onEngineFailure(listener: (message: string) => void): () => void;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Tells the host that there is unsaved work, so that closing asks first. */
  setDirty(dirty: boolean): void;
  /** Window title (desktop) or document title. */
  setTitle(title: string): void;
  openExternal(url: string): void;
}
