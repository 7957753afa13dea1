/** `up`, `down` and what they share: the project's networks, volumes and containers. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { readTree } from "../cli/archive.ts";
import type { ContainerSummary } from "../api/container.ts";
import { ApiError } from "../api/errors.ts";
import { CliError, type Cli } from "../cli/cli.ts";
import { showProgress } from "../cli/pull.ts";
import { parseReference } from "../cli/reference.ts";
import { ignoreUnchanged } from "../cli/commands/container/unchanged.ts";
import { dependencies, networkKeys } from "./load.ts";
import type { ComposeNetwork, Project, Service } from "./model.ts";
import { configHash, containerName, endpoint, imageOf, serviceBody } from "./service-body.ts";

const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";

export const serviceOf = (item: ContainerSummary) => item.Labels[SERVICE_LABEL] ?? "";
export const nameOf = (item: ContainerSummary) => (item.Names[0] ?? "").replace(/^\//, "");

/** The project's containers, in the order of their names. */
export function projectContainers(cli: Cli, project: string, all = true): ContainerSummary[] {
  const found = cli.engine.containerList({
    all,
    filters: { label: [`${PROJECT_LABEL}=${project}`] },
  });
  return [...found].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** A line of progress, as compose writes it where there is no terminal. */
export function* tell(cli: Cli, kind: string, name: string, what: string): Blocking<void> {
  yield* cli.printError(` ${kind} ${name}  ${what}\n`);
}

/** With what they depend on before them. */
export function inOrder(project: Project, wanted: readonly string[]): readonly Service[] {
  const out: Service[] = [];
  const add = (name: string) => {
    const service = project.services.find((item) => item.name === name);
    if (service === undefined) throw new CliError(`no such service: ${name}`);
    for (const other of dependencies(service)) if (!out.some((x) => x.name === other)) add(other);
    if (!out.includes(service)) out.push(service);
  };
  for (const name of wanted.length > 0 ? wanted : project.services.map((item) => item.name)) {
    add(name);
  }
  return out;
}

function found<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return undefined;
  }
}

function* ensureNetwork(cli: Cli, project: Project, network: ComposeNetwork): Blocking<void> {
  const existing = found(() => cli.engine.networkInspect(network.name));
  if (existing !== undefined) return;
  if (network.external) {
    throw new CliError(`network ${network.name} declared as external, but could not be found`);
  }
  yield* tell(cli, "Network", network.name, "Creating");
  cli.engine.networkCreate({
    Name: network.name,
    Driver: network.driver,
    Internal: network.internal,
    Options: network.options,
    Labels: {
      ...network.labels,
      "com.docker.compose.network": network.key,
      [PROJECT_LABEL]: project.name,
    },
    ...(network.subnets.length > 0 && { IPAM: { Driver: "default", Config: network.subnets } }),
  });
  yield* tell(cli, "Network", network.name, "Created");
}

function* ensureVolumes(cli: Cli, project: Project): Blocking<void> {
  for (const volume of project.volumes) {
    if (found(() => cli.engine.volumeInspect(volume.name)) !== undefined) continue;
    if (volume.external) {
      throw new CliError(`external volume "${volume.name}" not found`);
    }
    const shown = `"${volume.name}"`;
    yield* tell(cli, "Volume", shown, "Creating");
    cli.engine.volumeCreate({
      Name: volume.name,
      Labels: { "com.docker.compose.volume": volume.key, [PROJECT_LABEL]: project.name },
    });
    yield* tell(cli, "Volume", shown, "Created");
  }
}

/** Builds or pulls an image that is not there. */
function* ensureImage(
  cli: Cli,
  project: Project,
  service: Service,
  rebuild: boolean,
): Blocking<void> {
  const image = imageOf(project, service);
  const { build } = service.source as { build?: unknown };
  const missing = found(() => cli.engine.imageInspect(image)) === undefined;
  if (build !== undefined && (missing || rebuild)) {
    yield* buildImage(cli, project, build, image);
  } else if (missing) {
    yield* cli.printError(` ${service.name} Pulling \n`);
    const { name, tag, digest } = parseReference(image, cli.version);
    const stream = yield* cli.engine.imageCreate(name, digest ?? tag ?? "latest");
    for (;;) {
      const record = yield* stream.next();
      if (record === undefined) break;
      if (record.error !== undefined) throw new CliError(record.error);
    }
    yield* cli.printError(` ${service.name} Pulled \n`);
  }
}

function* buildImage(cli: Cli, project: Project, build: unknown, image: string): Blocking<void> {
  const spec = (typeof build === "string" ? { context: build } : build) as {
    readonly context?: string;
    readonly dockerfile?: string;
    readonly args?: unknown;
    readonly target?: string;
  };
  const known = new Set(["context", "dockerfile", "args", "target"]);
  const unknown = Object.keys(spec).find((key) => !known.has(key));
  if (unknown !== undefined) {
    throw new CliError(`docker compose: Podwire does not model '${unknown}' of build`);
  }
  const context = spec.context ?? ".";
  const root = context.startsWith("/") ? context : `${project.directory}/${context}`;
  const entries = readTree(cli.sys, root).flatMap((entry) => {
    const path = entry.path.split("/").slice(1).join("/");
    return path === "" ? [] : [{ ...entry, path }];
  });
  const args = Array.isArray(spec.args)
    ? Object.fromEntries(spec.args.map((item) => String(item).split("=", 2) as [string, string]))
    : ((spec.args ?? {}) as Readonly<Record<string, string>>);
  const stream = cli.engine.imageBuild(entries, {
    dockerfile: spec.dockerfile ?? "Dockerfile",
    tags: [image.includes(":") ? image : `${image}:latest`],
    buildArgs: args,
    remove: true,
    ...(spec.target !== undefined && { target: spec.target }),
  });
  yield* showProgress(cli, stream, 1);
}

function* removeContainer(cli: Cli, name: string, id: string, running: boolean): Blocking<void> {
  if (running) {
    yield* tell(cli, "Container", name, "Stopping");
    yield* ignoreUnchanged(cli.engine.containerStop(id));
    yield* tell(cli, "Container", name, "Stopped");
  }
  yield* tell(cli, "Container", name, "Removing");
  yield* cli.engine.containerRemove(id, { force: true });
  yield* tell(cli, "Container", name, "Removed");
}

function* createService(cli: Cli, project: Project, service: Service): Blocking<void> {
  const name = containerName(project, service);
  yield* tell(cli, "Container", name, "Creating");
  const { Id } = yield* cli.engine.containerCreate(serviceBody(cli, project, service), name);
  for (const key of networkKeys(service).slice(1)) {
    const network = project.networks.find((item) => item.key === key)?.name ?? key;
    yield* cli.engine.networkConnect(network, Id, endpoint(project, service, key));
  }
  yield* tell(cli, "Container", name, "Created");
}

/** Waits for what `depends_on` asks of a service. */
function* waitFor(cli: Cli, project: Project, service: Service): Blocking<void> {
  const wanted = service.source["depends_on"];
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return;
  for (const [other, value] of Object.entries(wanted)) {
    const condition = (value as { readonly condition?: string }).condition ?? "service_started";
    const target = project.services.find(({ name }) => name === other) as Service;
    const name = containerName(project, target);
    if (condition === "service_healthy") yield* waitHealthy(cli, name);
    if (condition === "service_completed_successfully") yield* waitCompleted(cli, name, other);
  }
}

const POLL_NS = 500e6;

function* waitHealthy(cli: Cli, name: string): Blocking<void> {
  yield* tell(cli, "Container", name, "Waiting");
  for (;;) {
    const { State } = cli.engine.containerInspect(name);
    if (State.Health === undefined) {
      throw new CliError(`container ${name} has no healthcheck configured`);
    }
    if (State.Health.Status === "healthy") break;
    if (State.Health.Status === "unhealthy" || !State.Running) {
      yield* tell(cli, "Container", name, "Error");
      const what = State.Running ? "is unhealthy" : `exited (${State.ExitCode})`;
      throw new CliError(`dependency failed to start: container ${name} ${what}`);
    }
    yield* cli.sys.sleep(POLL_NS);
  }
  yield* tell(cli, "Container", name, "Healthy");
}

function* waitCompleted(cli: Cli, name: string, service: string): Blocking<void> {
  yield* tell(cli, "Container", name, "Waiting");
  const stream = cli.engine.containerWait(name, "not-running");
  const result = yield* stream.next();
  stream.close();
  if (result?.StatusCode !== 0) {
    throw new CliError(
      `service "${service}" didn't complete successfully: exit ${result?.StatusCode ?? 1}`,
    );
  }
  yield* tell(cli, "Container", name, "Exited");
}

export interface UpOptions {
  readonly services: readonly string[];
  readonly rebuild: boolean;
  readonly recreate: boolean;
  readonly start: boolean;
}

/** Makes what is missing, makes anew what has changed, and starts it. */
export function* up(cli: Cli, project: Project, options: UpOptions): Blocking<readonly Service[]> {
  const services = inOrder(project, options.services);
  for (const service of services) yield* ensureImage(cli, project, service, options.rebuild);
  for (const network of project.networks) yield* ensureNetwork(cli, project, network);
  yield* ensureVolumes(cli, project);
  for (const service of services) {
    const existing = projectContainers(cli, project.name).find(
      (item) => serviceOf(item) === service.name,
    );
    const hash = existing?.Labels["com.docker.compose.config-hash"];
    if (existing !== undefined && (options.recreate || hash !== configHash(service))) {
      yield* tell(cli, "Container", nameOf(existing), "Recreate");
      yield* cli.engine.containerRemove(existing.Id, { force: true });
      yield* cli.engine.containerCreate(serviceBody(cli, project, service), nameOf(existing));
      yield* tell(cli, "Container", nameOf(existing), "Recreated");
    } else if (existing === undefined) {
      yield* createService(cli, project, service);
    } else if (existing.State === "running") {
      yield* tell(cli, "Container", nameOf(existing), "Running");
    }
  }
  if (options.start) for (const service of services) yield* startService(cli, project, service);
  return services;
}

function* startService(cli: Cli, project: Project, service: Service): Blocking<void> {
  yield* waitFor(cli, project, service);
  const name = containerName(project, service);
  if (cli.engine.containerInspect(name).State.Running) return;
  yield* tell(cli, "Container", name, "Starting");
  yield* ignoreUnchanged(cli.engine.containerStart(name));
  yield* tell(cli, "Container", name, "Started");
}

export function* down(cli: Cli, project: Project, volumes: boolean): Blocking<void> {
  const order = inOrder(project, []).map(({ name }) => name);
  const containers = projectContainers(cli, project.name).sort(
    (a, b) => order.indexOf(serviceOf(b)) - order.indexOf(serviceOf(a)),
  );
  for (const item of containers) {
    yield* removeContainer(
      cli,
      nameOf(item),
      item.Id,
      item.State === "running" || item.State === "paused",
    );
  }
  for (const network of project.networks) {
    if (network.external || found(() => cli.engine.networkInspect(network.name)) === undefined) {
      continue;
    }
    yield* tell(cli, "Network", network.name, "Removing");
    cli.engine.networkDelete(network.name);
    yield* tell(cli, "Network", network.name, "Removed");
  }
  if (!volumes) return;
  for (const volume of project.volumes) {
    if (volume.external || found(() => cli.engine.volumeInspect(volume.name)) === undefined)
      continue;
    yield* tell(cli, "Volume", volume.name, "Removing");
    cli.engine.volumeDelete(volume.name, true);
    yield* tell(cli, "Volume", volume.name, "Removed");
  }
}
