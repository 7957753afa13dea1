/** A container: what it was asked to be, and how it is. */
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import { WaitQueue } from "../../kernel/process/wait-queue.ts";
import type { RuntimeContainer } from "../../machine/container-runtime.ts";
import type { Ipv4, Mac } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type {
  ContainerConfig,
  ContainerStatus,
  Health,
  HostConfig,
  MountPoint,
  PortMap,
} from "../api/container.ts";
import type { EndpointSettings } from "../api/network.ts";
import type { Endpoint } from "../networks/network.ts";
import type { Publication } from "../networks/publisher.ts";
import type { Sandbox } from "../networks/sandbox.ts";
import type { StoredImage } from "../store/stored-image.ts";
import type { Exec } from "./exec.ts";
import type { ContainerLog } from "./log.ts";
import type { ProcessStreams } from "./process-streams.ts";

/** How a container is wired to a network, running or not. */
export interface ContainerNetwork {
  readonly name: string;
  /** Of the network when it was last joined. */
  networkId: string;
  /** As asked for; 20.10 adds the short id to the aliases. */
  settings: Partial<EndpointSettings>;
  /** While it runs. */
  endpoint: Endpoint | undefined;
  /** What it had when the lab was saved: it gets that again if nobody else has it. */
  before?: { readonly address: Ipv4 | undefined; readonly mac: Mac | undefined } | undefined;
}

export interface ContainerState {
  running: boolean;
  paused: boolean;
  restarting: boolean;
  removing: boolean;
  dead: boolean;
  oomKilled: boolean;
  pid: number;
  exitCode: number;
  error: string;
  startedNs: Ns | undefined;
  finishedNs: Ns | undefined;
  health: Health | undefined;
}

export interface ContainerIdentity {
  readonly id: string;
  readonly createdNs: Ns;
  /** As `docker run` was given it. */
  readonly imageName: string;
  readonly image: StoredImage;
  readonly path: string;
  readonly args: readonly string[];
  /** Name of the writable layer in the paths of overlay2. */
  readonly layerId: string;
}

export class Container {
  name: string;
  config: ContainerConfig;
  hostConfig: HostConfig;
  readonly state: ContainerState = {
    running: false,
    paused: false,
    restarting: false,
    removing: false,
    dead: false,
    oomKilled: false,
    pid: 0,
    exitCode: 0,
    error: "",
    startedNs: undefined,
    finishedNs: undefined,
    health: undefined,
  };
  restartCount = 0;
  /** By `docker stop` or `kill`: `unless-stopped` leaves it alone, and nothing restarts it. */
  manuallyStopped = false;
  /** By network name. */
  readonly networks = new Map<string, ContainerNetwork>();
  /** Undefined before the first start, and in 28 while it does not run. */
  sandboxId = "";
  sandboxKey = "";
  sandbox: Sandbox | undefined;
  ports: PortMap = {};
  readonly publications: Publication[] = [];
  mounts: readonly MountPoint[] = [];
  readonly execs = new Map<string, Exec>();
  runtime: RuntimeContainer | undefined;
  streams: ProcessStreams | undefined;
  /** Woken at every change of state. */
  readonly changed = new WaitQueue();
  /** How often it has ended. */
  exits = 0;
  isRemoved = false;
  /** It ran when the lab was saved: it runs again when the daemon starts. */
  resumes = false;

  constructor(
    readonly identity: ContainerIdentity,
    name: string,
    config: ContainerConfig,
    hostConfig: HostConfig,
    readonly root: LayeredFileSystem,
    readonly log: ContainerLog,
  ) {
    this.name = name;
    this.config = config;
    this.hostConfig = hostConfig;
  }

  get id(): string {
    return this.identity.id;
  }

  get status(): ContainerStatus {
    const { state } = this;
    if (state.restarting) return "restarting";
    if (state.running) return state.paused ? "paused" : "running";
    if (state.removing) return "removing";
    if (state.dead) return "dead";
    return state.startedNs === undefined ? "created" : "exited";
  }

  /** `container:ID` → ID. */
  get networkOwner(): string | undefined {
    const { NetworkMode: mode } = this.hostConfig;
    return mode.startsWith("container:") ? mode.slice("container:".length) : undefined;
  }
}
