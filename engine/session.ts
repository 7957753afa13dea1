/**
 * The one door through which a host drives a lab. Everything that crosses it is plain data
 * (structured-clone safe), so that any RPC can carry it. The session never starts anything by
 * itself: the host calls `advance` and the session answers how far it came.
 */
import type { OperState } from "./kernel/rtnetlink/messages.ts";
import type { Fate, Journey } from "./trace/journey.ts";

// ------------------------------------------------------------------ the lab as drawn

export type NodeKind = "host" | "router" | "switch";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface NodeView {
  /** The machine's name, unique in the lab; also its host name. */
  readonly name: string;
  readonly kind: NodeKind;
  /** Disk image, such as `debian-12`. */
  readonly image: string;
  readonly at: Point;
  readonly interfaces: readonly InterfaceView[];
  /** Of the machine's Docker engine, in the order in which they were created. */
  readonly containers: readonly ContainerView[];
  /** It is on and its Docker engine answers. */
  readonly runsContainers: boolean;
  readonly poweredOn: boolean;
}

/** As `docker ps` names it. */
export type ContainerState =
  "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export interface ContainerView {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** As it was given to `docker run`. */
  readonly image: string;
  readonly state: ContainerState;
  /** One for each network that it is in, without prefix length. */
  readonly addresses: readonly string[];
  /**
   * Whose network namespace it lives in: its own, the machine's (`--network host`), or that of
   * another container, by name (`--network container:NAME`).
   */
  readonly namespace:
    | { readonly of: "own" }
    | { readonly of: "host" }
    | { readonly of: "container"; readonly name: string };
  /** Published ports as `docker ps` prints them: `0.0.0.0:8080->80/tcp`. */
  readonly ports: readonly string[];
}

export interface InterfaceView {
  readonly name: string;
  /** Id of the cable in it. */
  readonly cable?: string;
  readonly operState: OperState;
  /** `10.0.0.1/24`, primary first. */
  readonly addresses: readonly string[];
}

export interface CableEnd {
  readonly node: string;
  readonly interface: string;
}

export interface CableProperties {
  /** One-way delay, milliseconds. */
  readonly latencyMs: number;
  /** Megabits a second; 0: unlimited. */
  readonly bandwidthMbit: number;
  /** Percent of frames lost, 0 to 100. */
  readonly lossPercent: number;
  /** Cut: neither end has a carrier. */
  readonly cut: boolean;
}

export interface CableView extends CableProperties {
  readonly id: string;
  readonly ends: readonly [CableEnd, CableEnd];
  /** Both ends up. */
  readonly lit: boolean;
}

export interface NoteView {
  readonly id: string;
  readonly text: string;
  readonly at: Point;
  readonly size: { readonly width: number; readonly height: number };
  /** A palette name: yellow, blue, green, pink, grey. */
  readonly colour: string;
}

/** A frame drawn around nodes that belong together. */
export interface GroupView {
  readonly id: string;
  readonly label: string;
  readonly at: Point;
  readonly size: { readonly width: number; readonly height: number };
  readonly members: readonly string[];
}

/** A terminal tab that the lab remembers. */
export interface TerminalTab {
  readonly node: string;
  readonly title?: string;
  /** What runs in it instead of the login shell's prompt: `docker exec -it web sh`. */
  readonly command?: string;
}

export interface LabView {
  readonly name: string;
  readonly description: string;
  readonly nodes: readonly NodeView[];
  readonly cables: readonly CableView[];
  readonly notes: readonly NoteView[];
  readonly groups: readonly GroupView[];
  /** Tabs to bring back, in order. */
  readonly terminals: readonly TerminalTab[];
}

// ------------------------------------------------------------------ editing

/** One change the user makes. Every edit can be undone. */
export type Edit =
  | { readonly kind: "rename-lab"; readonly name: string; readonly description?: string }
  | {
      readonly kind: "add-node";
      readonly node: NodeKind;
      readonly at: Point;
      readonly name?: string;
      readonly image?: string;
    }
  | {
      readonly kind: "move";
      readonly positions: readonly { readonly item: ItemRef; readonly at: Point }[];
    }
  | { readonly kind: "rename-node"; readonly node: string; readonly name: string }
  | {
      readonly kind: "connect";
      readonly from: LooseEnd;
      readonly to: LooseEnd;
      readonly properties?: Partial<CableProperties>;
    }
  | {
      readonly kind: "configure-cable";
      readonly cable: string;
      readonly properties: Partial<CableProperties>;
    }
  | { readonly kind: "set-power"; readonly node: string; readonly on: boolean }
  | {
      readonly kind: "set-addresses";
      readonly node: string;
      readonly interface: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: "add-note"; readonly at: Point; readonly text: string }
  | {
      readonly kind: "edit-note";
      readonly note: string;
      readonly text?: string;
      readonly colour?: string;
      readonly size?: { readonly width: number; readonly height: number };
    }
  | { readonly kind: "add-group"; readonly members: readonly string[]; readonly label: string }
  | {
      readonly kind: "edit-group";
      readonly group: string;
      readonly label?: string;
      readonly members?: readonly string[];
      readonly size?: { readonly width: number; readonly height: number };
    }
  | { readonly kind: "remove"; readonly items: readonly ItemRef[] }
  /** Pastes what `copy` gave, shifted; names are made unique. */
  | { readonly kind: "paste"; readonly clipboard: string; readonly offset: Point };

/** An end of a cable to be: without an interface, the next free one is taken (or made). */
export interface LooseEnd {
  readonly node: string;
  readonly interface?: string;
}

export type ItemRef =
  | { readonly kind: "node"; readonly id: string }
  | { readonly kind: "cable"; readonly id: string }
  | { readonly kind: "note"; readonly id: string }
  | { readonly kind: "group"; readonly id: string };

/** What was wrong, where, and what was expected. */
export interface Problem {
  readonly message: string;
  /** Path into the lab file, such as `nodes[2].interfaces[0].addresses[1]`. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What an edit made: names and ids of new items, to select them. */
export interface EditResult {
  readonly created: readonly ItemRef[];
}

export interface HistoryState {
  /** What Undo would take back, in words; undefined: nothing. */
  readonly undo?: string;
  readonly redo?: string;
}

// ------------------------------------------------------------------ inspection

export interface NodeInspection {
  readonly name: string;
  readonly kind: NodeKind;
  readonly image: string;
  readonly uptimeSeconds: number;
  readonly interfaces: readonly {
    readonly name: string;
    readonly ifindex: number;
    readonly kind: string;
    readonly mac: string;
    readonly mtu: number;
    readonly operState: OperState;
    readonly up: boolean;
    readonly master?: string;
    readonly addresses: readonly string[];
    readonly rxPackets: number;
    readonly txPackets: number;
    readonly rxBytes: number;
    readonly txBytes: number;
    readonly dropped: number;
    readonly cable?: string;
  }[];
  /** As `ip route` prints them. */
  readonly routes: readonly string[];
  readonly neighbours: readonly {
    readonly address: string;
    readonly device: string;
    readonly mac?: string;
    readonly state: string;
  }[];
  readonly sockets: readonly {
    readonly protocol: string;
    readonly state: string;
    readonly local: string;
    readonly remote: string;
    readonly process?: string;
  }[];
  readonly processes: readonly {
    readonly pid: number;
    readonly state: string;
    readonly command: string;
    readonly terminal?: string;
  }[];
  readonly containers: readonly ContainerInspection[];
  readonly bridges: readonly {
    readonly name: string;
    readonly entries: readonly {
      readonly mac: string;
      readonly port: string;
      readonly ageSeconds: number;
      readonly local: boolean;
    }[];
  }[];
}

/** A container, looked at closely: what `docker inspect` knows and an inspector shows. */
export interface ContainerInspection {
  readonly id: string;
  /** As `docker ps` prints it: `Up 3 seconds (healthy)`. */
  readonly status: string;
  /** Entry point and arguments, as typed. */
  readonly command: string;
  /** On the machine; 0: it does not run. */
  readonly pid: number;
  readonly networks: readonly {
    readonly name: string;
    /** With prefix length; empty while it does not run. */
    readonly address: string;
    readonly gateway: string;
    readonly mac: string;
    /** The veth's end on the machine. */
    readonly hostInterface?: string;
  }[];
  /** `volume or path → path inside`. */
  readonly mounts: readonly string[];
  /** The last lines that it wrote, oldest first. */
  readonly log: readonly string[];
}

export interface CableInspection {
  readonly id: string;
  readonly directions: readonly {
    readonly from: CableEnd;
    readonly to: CableEnd;
    readonly frames: number;
    readonly bytes: number;
    readonly lost: number;
    readonly queued: number;
  }[];
}

// ------------------------------------------------------------------ packets

export type { Fate, Journey, Step } from "./trace/journey.ts";

/** The packets that were seen since `followPackets`. */
export interface FollowedPackets {
  readonly following: boolean;
  /** The first one first. */
  readonly packets: readonly {
    readonly id: number;
    /** As `tcpdump -n` prints it. */
    readonly packet: string;
    /** Where it was first seen. */
    readonly machine: string;
    readonly startNs: number;
    readonly fate: Fate;
  }[];
  /** How many there was no room for. */
  readonly leftOut: number;
}

// ------------------------------------------------------------------ clock

export interface ClockState {
  readonly nowNs: number;
  readonly running: boolean;
  /** Lab seconds per real second; Infinity: as fast as possible. */
  readonly speed: number;
  readonly pendingEvents: number;
  readonly eventsRun: number;
}

export interface AdvanceOptions {
  /** Advance to this virtual instant, nanoseconds. */
  readonly untilNs: number;
  /** Events after which to come back although the instant was not reached. */
  readonly maxEvents: number;
}

export interface AdvanceReport {
  readonly nowNs: number;
  readonly reached: boolean;
  readonly eventsRun: number;
  /** Nothing is left to happen until someone types or edits. */
  readonly idle: boolean;
  /** The next instant at which something happens. */
  readonly nextEventNs?: number;
}

// ------------------------------------------------------------------ notices

/** What the session tells the host. Several are delivered together. */
export type Notice =
  /** The drawing changed: fetch `view()`. `dirty`: there are changes that were not saved. */
  | { readonly kind: "view"; readonly dirty: boolean; readonly history: HistoryState }
  /** Live state of these nodes changed (addresses, link lights, routes …). */
  | { readonly kind: "live"; readonly nodes: readonly string[]; readonly cables: readonly string[] }
  /** Bytes for a terminal's screen. */
  | { readonly kind: "terminal-output"; readonly terminal: string; readonly data: Uint8Array }
  | { readonly kind: "terminal-closed"; readonly terminal: string; readonly exitCode: number }
  /** Bytes for a client outside the lab. */
  | { readonly kind: "connection-output"; readonly connection: string; readonly data: Uint8Array }
  | { readonly kind: "connection-closed"; readonly connection: string }
  /** A command of `runCommand` has ended; `output` is the end of what it wrote. */
  | {
      readonly kind: "command-ended";
      readonly command: string;
      readonly exitCode: number;
      readonly output: string;
    }
  /** Something the user should know: a broadcast storm, a runaway process. */
  | {
      readonly kind: "warning";
      readonly id: string;
      readonly title: string;
      readonly detail: string;
      readonly nodes: readonly string[];
    }
  | { readonly kind: "warning-over"; readonly id: string };

// ------------------------------------------------------------------ the contract

export interface TemplateInfo {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly nodes: number;
  /** For a small drawing: the machines' places and the cables as pairs of indices into them. */
  readonly preview?: {
    readonly nodes: readonly { readonly kind: NodeKind; readonly at: Point }[];
    readonly cables: readonly (readonly [number, number])[];
  };
}

/** A container image of the emulated registry. */
export interface ImageInfo {
  /** As `docker run` takes it: `nginx`, `nicolaka/netshoot`. */
  readonly reference: string;
  readonly summary: string;
}

export interface Session {
  // files
  /** Refused: nothing has changed. */
  open(text: string): Outcome<LabView>;
  newLab(): LabView;
  /** The lab file's text. Does not clear the dirty mark: the host calls `markSaved` once it is kept. */
  save(): string;
  markSaved(): void;
  templates(): readonly TemplateInfo[];
  openTemplate(id: string): Outcome<LabView>;

  // drawing and editing
  view(): LabView;
  edit(edit: Edit): Outcome<EditResult>;
  undo(): HistoryState;
  redo(): HistoryState;
  /** The chosen items as text for the clipboard. */
  copy(items: readonly ItemRef[]): string;
  setTerminalTabs(tabs: readonly TerminalTab[]): void;

  // terminals
  /** A login shell, or with `command` a shell that runs just that. */
  openTerminal(
    node: string,
    size: { readonly columns: number; readonly rows: number },
    command?: string,
  ): Outcome<string>;
  terminalInput(terminal: string, data: string): void;
  terminalResize(terminal: string, columns: number, rows: number): void;
  closeTerminal(terminal: string): void;

  // commands
  /**
   * Runs a command line on a machine as its user would, and answers at once with a name for it;
   * a notice tells how it ended. `docker start web` is what the window's own buttons do.
   */
  runCommand(node: string, commandLine: string): Outcome<string>;
  /** What can be dragged onto a machine that runs containers. */
  images(): readonly ImageInfo[];

  // connections
  /**
   * A connection of a Docker client outside the lab to the machine's engine. What goes in and comes
   * out is HTTP, as on the engine's own socket.
   */
  openDockerConnection(node: string): Outcome<string>;
  /** How many of the bytes were taken: the rest is to be offered again. */
  connectionInput(connection: string, data: Uint8Array): number;
  /** The client sends no more, but still listens. */
  endConnectionInput(connection: string): void;
  /** While it is held, nothing more comes out: its client is slow, and the lab has to wait for it. */
  holdConnection(connection: string, held: boolean): void;
  closeConnection(connection: string): void;

  // inspection
  inspectNode(node: string): NodeInspection | undefined;
  inspectCable(cable: string): CableInspection | undefined;
  clearCableStatistics(cable: string): void;

  // packets
  /**
   * Follows packets anew, from now on, through every machine; `filter` is in tcpdump's language, and
   * an empty one means all of IPv4. Refused: nothing has changed.
   */
  followPackets(filter: string): Outcome<undefined>;
  /** What was seen stays until they are followed anew. */
  stopFollowing(): void;
  followed(): FollowedPackets;
  journey(packet: number): Journey | undefined;

  // the clock
  clock(): ClockState;
  advance(options: AdvanceOptions): AdvanceReport;
  /** Runs one event. False: nothing is left to run. */
  step(): boolean;

  /** Notices since the last call. */
  takeNotices(): readonly Notice[];
}
