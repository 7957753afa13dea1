/**
 * The Docker Engine API: one method an operation, named after it. The emulated command line calls
 * it through the local socket, and an HTTP front may serve it to real clients. Every refusal is a
 * thrown ApiError. An ID may be a whole id, an unambiguous beginning of one, or a name.
 * https://docs.docker.com/reference/api/engine/
 */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { ArchiveEntry, FilesystemChange, PathStat } from "./archive.ts";
import type {
  AttachOptions,
  CommitOptions,
  ContainerCreate,
  ContainerCreated,
  ContainerInspect,
  ContainerListOptions,
  ContainersPruned,
  ContainerSummary,
  ContainerUpdate,
  LogsOptions,
  TopResult,
  WaitCondition,
  WaitResult,
} from "./container.ts";
import type { ExecConfig, ExecInspect } from "./exec.ts";
import type { Filters } from "./filters.ts";
import type {
  BuildOptions,
  ImageDeleted,
  ImageHistory,
  ImageInspect,
  ImagesPruned,
  ImageSummary,
  Progress,
} from "./image.ts";
import type {
  EndpointSettings,
  NetworkCreate,
  NetworkCreated,
  NetworkInspect,
  NetworksPruned,
} from "./network.ts";
import type { HijackedStream, RecordStream } from "./streams.ts";
import type { DiskUsage, EventMessage, EventsOptions, Info, Stats, Version } from "./system.ts";
import type { Volume, VolumeCreate, VolumeList, VolumesPruned } from "./volume.ts";

export interface DockerEngineApi {
  /** Throws ApiError 503 … never otherwise; answers the API version: "1.41", "1.51". */
  ping(): string;
  version(): Version;
  info(): Info;
  systemDataUsage(): DiskUsage;
  events(options: EventsOptions): RecordStream<EventMessage>;

  // containers
  /** The newest first. */
  containerList(options: ContainerListOptions): readonly ContainerSummary[];
  containerCreate(body: ContainerCreate, name: string): Blocking<ContainerCreated>;
  containerInspect(id: string, size?: boolean): ContainerInspect;
  /** ApiError 304: it runs already (the command line takes that as success). */
  containerStart(id: string): Blocking<void>;
  /** Seconds until SIGKILL; undefined: its own or 10; −1: never. 304: it does not run. */
  containerStop(id: string, timeoutSeconds?: number, signal?: string): Blocking<void>;
  containerRestart(id: string, timeoutSeconds?: number, signal?: string): Blocking<void>;
  /** Signal by name, with or without SIG, or number; "": KILL. */
  containerKill(id: string, signal: string): Blocking<void>;
  containerPause(id: string): Blocking<void>;
  containerUnpause(id: string): Blocking<void>;
  /** As a stream, because a client starts to wait before it starts the container. */
  containerWait(id: string, condition: WaitCondition): RecordStream<WaitResult>;
  containerRemove(
    id: string,
    options: { readonly force?: boolean; readonly volumes?: boolean; readonly link?: boolean },
  ): Blocking<void>;
  containerRename(id: string, name: string): void;
  containerUpdate(
    id: string,
    update: ContainerUpdate,
  ): { readonly Warnings: readonly string[] | null };
  containerLogs(id: string, options: LogsOptions): HijackedStream;
  containerAttach(id: string, options: AttachOptions): HijackedStream;
  containerResize(id: string, rows: number, columns: number): void;
  containerTop(id: string, psArgs: string): TopResult;
  /** One record a second; the first has no `precpu_stats` to compare with unless `oneShot`. */
  containerStats(
    id: string,
    options: { readonly stream: boolean; readonly oneShot?: boolean },
  ): RecordStream<Stats>;
  containerChanges(id: string): readonly FilesystemChange[] | null;
  containerCommit(id: string, options: CommitOptions): { readonly Id: string };
  containerArchiveInfo(id: string, path: string): PathStat;
  containerArchive(
    id: string,
    path: string,
  ): { readonly stat: PathStat; readonly entries: readonly ArchiveEntry[] };
  /** Unpacks into a directory of the container. */
  putContainerArchive(id: string, path: string, entries: readonly ArchiveEntry[]): void;
  containerExport(id: string): readonly ArchiveEntry[];
  containerPrune(filters: Filters): ContainersPruned;

  // exec
  execCreate(id: string, config: ExecConfig): { readonly Id: string };
  /** Undefined when detached. Blocks until the process has been started. */
  execStart(
    execId: string,
    options: {
      readonly Detach: boolean;
      readonly Tty: boolean;
      readonly ConsoleSize?: readonly [number, number];
    },
  ): Blocking<HijackedStream | undefined>;
  execResize(execId: string, rows: number, columns: number): void;
  execInspect(execId: string): ExecInspect;

  // networks
  networkList(filters: Filters): readonly NetworkInspect[];
  networkInspect(id: string): NetworkInspect;
  networkCreate(body: NetworkCreate): NetworkCreated;
  networkDelete(id: string): void;
  networkConnect(
    id: string,
    container: string,
    endpoint: Partial<EndpointSettings>,
  ): Blocking<void>;
  networkDisconnect(id: string, container: string, force: boolean): Blocking<void>;
  networkPrune(filters: Filters): NetworksPruned;

  // images
  imageList(options: {
    readonly all?: boolean;
    readonly filters?: Filters;
  }): readonly ImageSummary[];
  imageInspect(name: string): ImageInspect;
  imageHistory(name: string): readonly ImageHistory[];
  /** Pulls `name:tag` or `name@digest`; refusals that come before any progress are thrown. */
  imageCreate(name: string, tag: string): Blocking<RecordStream<Progress>>;
  imageTag(name: string, repo: string, tag: string): void;
  imageDelete(
    name: string,
    options: { readonly force?: boolean; readonly noprune?: boolean },
  ): readonly ImageDeleted[];
  imagePrune(filters: Filters): ImagesPruned;
  imageBuild(context: readonly ArchiveEntry[], options: BuildOptions): RecordStream<Progress>;

  // volumes
  volumeList(filters: Filters): VolumeList;
  volumeCreate(body: VolumeCreate): Volume;
  volumeInspect(name: string): Volume;
  volumeDelete(name: string, force: boolean): void;
  volumePrune(filters: Filters): VolumesPruned;
}

/** Where the daemon listens; /var/run is a link to /run. */
export const DOCKER_SOCKET = "/run/docker.sock";

/** systemd holds the socket, and starts the daemon when somebody connects. */
export class SocketActivation {
  constructor(readonly activate: () => DockerEngineApi | undefined) {}
}

/** Undefined: nobody listens there (`Cannot connect to the Docker daemon at unix://…`). */
export function connectToEngine(sys: Sys, socket = DOCKER_SOCKET): DockerEngineApi | undefined {
  const listener = sys.endpoint(socket.replace(/^\/var\/run\//, "/run/"));
  if (listener instanceof SocketActivation) return listener.activate();
  return listener as DockerEngineApi | undefined;
}
