/** The engine: what every operation of its API does. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { ArchiveEntry, FilesystemChange, PathStat } from "../api/archive.ts";
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
} from "../api/container.ts";
import { DOCKER_SOCKET, SocketActivation, type DockerEngineApi } from "../api/engine-api.ts";
import { ApiError } from "../api/errors.ts";
import type { ExecConfig, ExecInspect } from "../api/exec.ts";
import type { Filters } from "../api/filters.ts";
import type {
  BuildOptions,
  ImageDeleted,
  ImageHistory,
  ImageInspect,
  ImagesPruned,
  ImageSummary,
  Progress,
} from "../api/image.ts";
import type {
  EndpointSettings,
  NetworkCreate,
  NetworkCreated,
  NetworkInspect,
  NetworksPruned,
} from "../api/network.ts";
import type { HijackedStream, RecordStream } from "../api/streams.ts";
import type {
  DiskUsage,
  EventMessage,
  EventsOptions,
  Info,
  Stats,
  Version,
} from "../api/system.ts";
import type { Volume, VolumeCreate, VolumeList, VolumesPruned } from "../api/volume.ts";
import * as archive from "../containers/archive.ts";
import { Containers } from "../containers/containers.ts";
import { Execs } from "../containers/exec.ts";
import { containerFilter } from "../containers/filters.ts";
import { inspectContainer } from "../containers/inspect.ts";
import { checkPolicy } from "../containers/host-config-checks.ts";
import { Lifecycle } from "../containers/lifecycle.ts";
import { logStream } from "../containers/log-stream.ts";
import { ContainerNetworking, isUserDefined } from "../containers/networking.ts";
import { containerStats } from "../containers/stats.ts";
import { summariseContainer } from "../containers/summary.ts";
import { topOf } from "../containers/top.ts";
import { attachTo } from "../containers/attach.ts";
import { waitFor } from "../containers/wait.ts";
import { Resolvers } from "../dns/resolvers.ts";
import { joinProblems } from "../networks/ipam-config.ts";
import { Networks } from "../networks/networks.ts";
import { Publisher } from "../networks/publisher.ts";
import { Sandboxes } from "../networks/sandbox.ts";
import { commit } from "../store/commit.ts";
import { build } from "../store/build.ts";
import { Images } from "../store/images.ts";
import { pull, type Registry } from "../store/pull.ts";
import { Volumes } from "../store/volumes.ts";
import type { DaemonContext } from "./context.ts";
import { engineInfo, engineVersion } from "./info.ts";
import { RELEASES } from "./release.ts";

export class Engine implements DockerEngineApi {
  readonly containers: Containers;
  readonly networks: Networks;
  readonly lifecycle: Lifecycle;
  /** What started it on demand, and listens again when it has ended. */
  activation: SocketActivation | undefined;
  /** Nobody had, when it was started. */
  enabledForwarding = false;
  private readonly networking: ContainerNetworking;
  private readonly images: Images;
  private readonly volumes: Volumes;
  private readonly execs: Execs;

  constructor(
    private readonly context: DaemonContext,
    private readonly registry: Registry,
  ) {
    const { kernel, sys, release } = context;
    this.networks = new Networks(context);
    this.images = new Images(context, (imageId) =>
      this.containers
        .list()
        .filter(({ identity }) => identity.image.id === imageId)
        .map(({ id, state }) => ({ id, running: state.running })),
    );
    this.volumes = new Volumes(context, (name) =>
      this.containers
        .list()
        .filter(({ mounts }) => mounts.some((mount) => mount.Name === name))
        .map(({ id }) => id),
    );
    this.containers = new Containers({
      context,
      networks: this.networks,
      images: this.images,
      volumes: () => this.volumes,
    });
    this.networking = new ContainerNetworking({
      context,
      networks: this.networks,
      sandboxes: new Sandboxes(kernel, sys, release),
      publisher: new Publisher(context),
      resolvers: new Resolvers(context),
      find: (reference) => this.containers.find(reference),
    });
    this.lifecycle = new Lifecycle({
      context,
      containers: this.containers,
      networking: this.networking,
      volumes: this.volumes,
    });
    this.execs = new Execs(context);
  }

  isOf(sys: Sys): boolean {
    return this.context.sys === sys;
  }

  /** Grows with everything that happens. */
  get eventCount(): number {
    return this.context.events.count;
  }

  /** Clients' streams end. */
  close(): void {
    this.context.events.close();
  }

  /** Makes networks and rules, and starts again what has to run. */
  start(): void {
    const { kernel, config, firewall, state } = this.context;
    const listener = kernel.endpoints.get(DOCKER_SOCKET);
    if (listener instanceof SocketActivation) this.activation = listener;
    const host = kernel.initialNamespaces.net;
    if (config.ipForward && host.sysctlTree.read("net/ipv4/ip_forward")?.trim() === "0") {
      host.sysctlTree.write("net/ipv4/ip_forward", "1");
      this.enabledForwarding = true;
      if (config.iptables) this.context.dropForwarding();
    }
    firewall.start();
    this.networks.start();
    for (const image of state.images.values()) kernel.programs.add(image.programs);
    this.lifecycle.restore();
  }

  // ---------------------------------------------------------------- the engine itself

  ping(): string {
    return RELEASES[this.context.release].apiVersion;
  }

  version(): Version {
    return engineVersion(this.context);
  }

  info(): Info {
    return engineInfo(this.context, this.containers.list());
  }

  systemDataUsage(): DiskUsage {
    const images = this.images.summaries({});
    return {
      LayersSize: images.reduce((total, { Size }) => total + Size, 0),
      Images: images.map((image) => ({
        ...image,
        Containers: this.containers.list().filter(({ identity }) => identity.image.id === image.Id)
          .length,
      })),
      Containers: this.containerList({ all: true, size: true }),
      Volumes: this.volumes.list({}).map((volume) => ({
        ...this.volumes.inspect(volume),
        UsageData: {
          RefCount: this.containers
            .list()
            .filter(({ mounts }) => mounts.some(({ Name }) => Name === volume.name)).length,
          Size: this.volumes.size(volume),
        },
      })),
      BuildCache: [],
    };
  }

  events(options: EventsOptions): RecordStream<EventMessage> {
    return this.context.events.subscribe(options);
  }

  // ---------------------------------------------------------------- containers

  containerList(options: ContainerListOptions): readonly ContainerSummary[] {
    const { release, clock } = this.context;
    const { filters = {}, limit = 0 } = options;
    const isWanted = containerFilter(
      filters,
      release,
      (reference) => this.containers.get(reference),
      (name) =>
        this.images
          .list()
          .filter((image) => image === this.images.find(name))
          .map(({ id }) => id),
    );
    const choosesState = ["status", "exited"].some((name) => (filters[name] ?? []).length > 0);
    const showsAll = options.all === true || limit > 0 || choosesState;
    const wanted = this.containers
      .list()
      .reverse()
      .filter((container) => showsAll || container.state.running)
      .filter(isWanted);
    const shown = limit > 0 ? wanted.slice(0, limit) : wanted;
    return shown.map((container) =>
      summariseContainer(container, release, clock, options.size === true),
    );
  }

  *containerCreate(body: ContainerCreate, name: string): Blocking<ContainerCreated> {
    const { container, warnings } = this.containers.create(body, name);
    return { Id: container.id, Warnings: warnings };
  }

  containerInspect(id: string, size = false): ContainerInspect {
    const { release, clock } = this.context;
    const container = this.containers.get(id);
    const owner =
      container.networkOwner === undefined
        ? undefined
        : this.containers.find(container.networkOwner);
    return inspectContainer(container, owner, release, clock, size);
  }

  *containerStart(id: string): Blocking<void> {
    yield* this.lifecycle.start(this.containers.get(id));
  }

  *containerStop(id: string, timeoutSeconds?: number, signal?: string): Blocking<void> {
    yield* this.lifecycle.stop(this.containers.get(id), timeoutSeconds, signal);
  }

  *containerRestart(id: string, timeoutSeconds?: number, signal?: string): Blocking<void> {
    const container = this.containers.get(id);
    try {
      yield* this.lifecycle.restart(container, timeoutSeconds, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new ApiError(error.status, `Cannot restart container ${id}: ${error.message}`);
    }
  }

  *containerKill(id: string, signal: string): Blocking<void> {
    const word = this.context.release === "28" ? "cannot" : "Cannot";
    try {
      yield* this.lifecycle.killAndWait(this.containers.get(id), signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 400) throw error;
      throw new ApiError(error.status, `${word} kill container: ${id}: ${error.message}`);
    }
  }

  *containerPause(id: string): Blocking<void> {
    this.lifecycle.pause(this.containers.get(id));
  }

  *containerUnpause(id: string): Blocking<void> {
    this.lifecycle.unpause(this.containers.get(id));
  }

  containerWait(id: string, condition: WaitCondition): RecordStream<WaitResult> {
    return waitFor(this.containers.get(id), condition);
  }

  *containerRemove(
    id: string,
    options: { readonly force?: boolean; readonly volumes?: boolean; readonly link?: boolean },
  ): Blocking<void> {
    yield* this.lifecycle.remove(this.containers.get(id), id, options);
  }

  containerRename(id: string, name: string): void {
    const container = this.containers.get(id);
    this.containers.rename(container, name);
    this.networking.renamed(container);
  }

  containerUpdate(id: string, update: ContainerUpdate): { readonly Warnings: null } {
    const container = this.containers.get(id);
    const { RestartPolicy: policy, ...limits } = update;
    if (policy?.Name) {
      checkPolicy(policy, this.context.release);
      if (container.hostConfig.AutoRemove && policy.Name !== "no") {
        throw new ApiError(
          400,
          "Restart policy cannot be updated because AutoRemove is enabled for the container",
        );
      }
    }
    const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value));
    container.hostConfig = {
      ...container.hostConfig,
      ...given,
      ...(policy?.Name ? { RestartPolicy: policy } : {}),
    };
    this.context.events.emit(
      "container",
      "update",
      container.id,
      this.containers.attributes(container),
    );
    return { Warnings: null };
  }

  containerLogs(id: string, options: LogsOptions): HijackedStream {
    const container = this.containers.get(id);
    if (!options.stdout && !options.stderr) {
      throw new ApiError(400, "Bad parameters: you must choose at least one stream");
    }
    const source = {
      log: container.log,
      isRaw: container.config.Tty,
      hasEnded: () => !container.state.running || container.isRemoved,
    };
    return logStream(source, options, this.context.clock);
  }

  containerAttach(id: string, options: AttachOptions): HijackedStream {
    const container = this.containers.get(id);
    const streams = this.lifecycle.streamsOf(container);
    return attachTo(container, streams, options, this.context.clock);
  }

  containerResize(id: string, rows: number, columns: number): void {
    const container = this.containers.get(id);
    if (!container.state.running) {
      throw new ApiError(409, `Container ${container.id} is not running`);
    }
    container.runtime?.init?.terminal?.resize({ rows, columns });
  }

  containerTop(id: string, psArgs: string): TopResult {
    return topOf(this.containers.get(id), psArgs, this.context);
  }

  containerStats(
    id: string,
    options: { readonly stream: boolean; readonly oneShot?: boolean },
  ): RecordStream<Stats> {
    return containerStats(this.containers.get(id), options, this.context);
  }

  containerChanges(id: string): readonly FilesystemChange[] | null {
    return archive.changes(this.containers.get(id));
  }

  containerCommit(id: string, options: CommitOptions): { readonly Id: string } {
    return { Id: commit(this.containers.get(id), options, this.images, this.context) };
  }

  containerArchiveInfo(id: string, path: string): PathStat {
    return archive.statPath(this.containers.get(id), path, this.context);
  }

  containerArchive(
    id: string,
    path: string,
  ): { readonly stat: PathStat; readonly entries: readonly ArchiveEntry[] } {
    return archive.readArchive(this.containers.get(id), path, this.context);
  }

  putContainerArchive(id: string, path: string, entries: readonly ArchiveEntry[]): void {
    archive.writeArchive(this.containers.get(id), path, entries, this.context);
  }

  containerExport(id: string): readonly ArchiveEntry[] {
    return archive.readArchive(this.containers.get(id), "/", this.context).entries;
  }

  containerPrune(filters: Filters): ContainersPruned {
    const stopped = this.containers.list().filter(({ state }) => !state.running);
    const isWanted = containerFilter(
      { label: filters["label"] ?? [] },
      this.context.release,
      (reference) => this.containers.get(reference),
      () => [],
    );
    let bytes = 0;
    const removed: string[] = [];
    for (const container of stopped.filter(isWanted).reverse()) {
      bytes += container.root.ownBytes;
      finish(this.lifecycle.remove(container, container.id, {}));
      removed.push(container.id);
    }
    return { ContainersDeleted: removed.length > 0 ? removed : null, SpaceReclaimed: bytes };
  }

  // ---------------------------------------------------------------- exec

  execCreate(id: string, config: ExecConfig): { readonly Id: string } {
    return { Id: this.execs.create(this.containers.get(id), id, config).id };
  }

  *execStart(
    execId: string,
    options: {
      readonly Detach: boolean;
      readonly Tty: boolean;
      readonly ConsoleSize?: readonly [number, number];
    },
  ): Blocking<HijackedStream | undefined> {
    return this.execs.start(this.execs.get(execId), {
      detach: options.Detach,
      size: options.ConsoleSize,
    });
  }

  execResize(execId: string, rows: number, columns: number): void {
    this.execs.get(execId).process?.terminal?.resize({ rows, columns });
  }

  execInspect(execId: string): ExecInspect {
    return this.execs.inspect(this.execs.get(execId));
  }

  // ---------------------------------------------------------------- networks

  networkList(filters: Filters): readonly NetworkInspect[] {
    return this.networks.filter(filters).map((network) => this.networks.inspect(network, false));
  }

  networkInspect(id: string): NetworkInspect {
    return this.networks.inspect(this.networks.get(id));
  }

  networkCreate(body: NetworkCreate): NetworkCreated {
    return { Id: this.networks.create(body).id, Warning: "" };
  }

  networkDelete(id: string): void {
    this.networks.remove(this.networks.get(id));
  }

  *networkConnect(
    id: string,
    reference: string,
    settings: Partial<EndpointSettings>,
  ): Blocking<void> {
    const network = this.networks.get(id);
    const container = this.containers.get(reference);
    const isNew = this.context.release === "28";
    if (network.definition.configOnly) {
      throw new ApiError(403, "cannot create endpoint on configuration-only network");
    }
    if (container.networkOwner !== undefined || container.hostConfig.NetworkMode === "host") {
      throw new ApiError(
        403,
        "container sharing network namespace with another container or host cannot be connected to any other network",
      );
    }
    if (network.driver === "host") {
      throw new ApiError(
        403,
        isNew
          ? "cannot connect container to host network - container must be created in host network mode"
          : "container cannot be disconnected from host network or connected to host network",
      );
    }
    const problems = this.containers.addressProblems(network.name, settings);
    if (problems.length > 0) {
      throw new ApiError(
        400,
        isNew ? `invalid endpoint settings:\n${joinProblems(problems)}` : (problems[0] as string),
      );
    }
    const isAlone =
      container.networks.has("none") || (network.driver === "null" && container.networks.size > 0);
    if (isAlone && !container.networks.has(network.name)) {
      throw new ApiError(
        403,
        "container cannot be connected to multiple networks with one of the networks in private (none) mode",
      );
    }
    if (settings.Aliases?.length && !isUserDefined(network) && !isNew) {
      throw new ApiError(
        400,
        "network-scoped alias is supported only for containers in user defined networks",
      );
    }
    if (container.networks.has(network.name)) {
      throw new ApiError(
        403,
        `endpoint with name ${container.name} already exists in network ${network.name}`,
      );
    }
    this.networking.connect(container, network, settings);
  }

  *networkDisconnect(id: string, reference: string, force: boolean): Blocking<void> {
    const network = this.networks.get(id);
    const container = this.containers.find(reference);
    if (!container && !force) this.containers.get(reference);
    if (!container) throw new ApiError(404, `endpoint ${reference} not found`);
    if (network.driver === "host") {
      throw new ApiError(
        403,
        this.context.release === "28"
          ? "cannot disconnect container from host network - container was created in host network mode"
          : "container cannot be disconnected from host network or connected to host network",
      );
    }
    if (!container.networks.has(network.name)) {
      throw new ApiError(
        403,
        `container ${container.id} is not connected to network ${network.name}`,
      );
    }
    this.networking.disconnect(container, network);
  }

  networkPrune(filters: Filters): NetworksPruned {
    const removed: string[] = [];
    for (const network of this.networks.filter(filters)) {
      if (network.isPredefined || network.endpoints.size > 0) continue;
      this.networks.remove(network);
      removed.push(network.name);
    }
    return { NetworksDeleted: removed.length > 0 ? removed : null };
  }

  // ---------------------------------------------------------------- images

  imageList(options: {
    readonly all?: boolean;
    readonly filters?: Filters;
  }): readonly ImageSummary[] {
    return this.images.summaries(options.filters ?? {}, options.all);
  }

  imageInspect(name: string): ImageInspect {
    return this.images.inspect(this.images.get(name));
  }

  imageHistory(name: string): readonly ImageHistory[] {
    return this.images.history(this.images.get(name));
  }

  *imageCreate(name: string, tag: string): Blocking<RecordStream<Progress>> {
    return pull(name, tag, this.registry, this.images, this.context);
  }

  imageTag(name: string, repo: string, tag: string): void {
    this.images.tag(name, repo, tag);
  }

  imageDelete(
    name: string,
    options: { readonly force?: boolean; readonly noprune?: boolean },
  ): readonly ImageDeleted[] {
    return this.images.remove(name, options.force === true);
  }

  imagePrune(filters: Filters): ImagesPruned {
    const { removed, bytes } = this.images.prune(filters);
    return { ImagesDeleted: removed.length > 0 ? removed : null, SpaceReclaimed: bytes };
  }

  imageBuild(context: readonly ArchiveEntry[], options: BuildOptions): RecordStream<Progress> {
    return build(context, options, {
      context: this.context,
      engine: this,
      images: this.images,
      registry: this.registry,
      container: (id) => this.containers.get(id),
    });
  }

  // ---------------------------------------------------------------- volumes

  volumeList(filters: Filters): VolumeList {
    return {
      Volumes: this.volumes.list(filters).map((volume) => this.volumes.inspect(volume)),
      Warnings: null,
    };
  }

  volumeCreate(body: VolumeCreate): Volume {
    return this.volumes.inspect(this.volumes.create(body));
  }

  volumeInspect(name: string): Volume {
    return this.volumes.inspect(this.volumes.get(name));
  }

  volumeDelete(name: string, force: boolean): void {
    this.volumes.remove(name, force);
  }

  volumePrune(filters: Filters): VolumesPruned {
    const { names, bytes } = this.volumes.prune(filters);
    return { VolumesDeleted: names.length > 0 ? names : null, SpaceReclaimed: bytes };
  }
}

/** Runs what does not block here: the removal of what does not run. */
function finish(body: Blocking<void>): void {
  if (!body.next("woken").done) throw new Error("the removal of a stopped container waited");
}
