/** What the window shows of a machine's containers. */
import { DOCKER_SOCKET } from "../../docker/api/engine-api.ts";
import type { Container } from "../../docker/containers/container.ts";
import { Engine } from "../../docker/daemon/engine.ts";
import { REGISTRY } from "../../docker/images/index.ts";
import type { ContainerSummary } from "../../docker/api/container.ts";
import { formatIpv4, formatMac } from "../../net/address.ts";
import type { ContainerInspection, ContainerView, ImageInfo } from "../../session.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { Lab } from "../lab.ts";
import type { LabNode } from "../model/lab-node.ts";

/** Lines of its log that an inspection has. */
const LOG_LINES = 8;

/** A client would be answered, if only by a daemon that starts for it. */
export function runsContainers(node: LabNode): boolean {
  return node.isOn && node.machine.kernel.endpoints.has(DOCKER_SOCKET);
}

/** Undefined while the daemon does not run: looking must not start it. */
export function engineOf(node: LabNode): Engine | undefined {
  if (!node.isOn) return undefined;
  const listener = node.machine.kernel.endpoints.get(DOCKER_SOCKET);
  return listener instanceof Engine ? listener : undefined;
}

export function viewContainers(node: LabNode): readonly ContainerView[] {
  const engine = engineOf(node);
  if (!engine) return [];
  return engine
    .containerList({ all: true })
    .toReversed()
    .map((summary) => viewContainer(engine, summary));
}

function viewContainer(engine: Engine, summary: ContainerSummary): ContainerView {
  const { Id: id, Image: image, State: state, NetworkSettings: settings, Ports: ports } = summary;
  return {
    id,
    name: nameOf(summary),
    image,
    state,
    addresses: Object.values(settings.Networks)
      .map(({ IPAddress }) => IPAddress)
      .filter((address) => address !== ""),
    namespace: namespaceOf(engine, summary.HostConfig.NetworkMode),
    ports: ports
      .filter(({ PublicPort }) => PublicPort !== undefined)
      .map(({ IP = "", PublicPort, PrivatePort, Type }) => {
        const address = IP.includes(":") ? `[${IP}]` : IP;
        return `${address}:${PublicPort}->${PrivatePort}/${Type}`;
      }),
  };
}

/** Without the slash that the API puts before it. */
function nameOf({ Names }: ContainerSummary): string {
  return (Names[0] ?? "").slice(1);
}

function namespaceOf(engine: Engine, networkMode: string): ContainerView["namespace"] {
  if (networkMode === "host") return { of: "host" };
  if (!networkMode.startsWith("container:")) return { of: "own" };
  const id = networkMode.slice("container:".length);
  const owner = engine.containers.list().find((container) => container.id === id);
  return { of: "container", name: owner?.name ?? id.slice(0, 12) };
}

export function inspectContainers(node: LabNode): readonly ContainerInspection[] {
  const engine = engineOf(node);
  if (!engine) return [];
  const containers = new Map(engine.containers.list().map((one) => [one.id, one]));
  return engine
    .containerList({ all: true })
    .toReversed()
    .flatMap((summary) => {
      const container = containers.get(summary.Id);
      return container ? [inspectContainer(container, summary)] : [];
    });
}

function inspectContainer(container: Container, summary: ContainerSummary): ContainerInspection {
  return {
    id: container.id,
    status: summary.Status,
    command: summary.Command,
    pid: container.state.pid,
    networks: [...container.networks.values()].map(({ name, endpoint }) => ({
      name,
      address:
        endpoint?.address === undefined
          ? ""
          : `${formatIpv4(endpoint.address)}/${endpoint.prefixLength}`,
      gateway: endpoint?.network.gateway === undefined ? "" : formatIpv4(endpoint.network.gateway),
      mac: endpoint?.mac === undefined ? "" : formatMac(endpoint.mac),
      ...(endpoint?.hostDevice === undefined ? {} : { hostInterface: endpoint.hostDevice }),
    })),
    mounts: container.mounts.map(
      ({ Type, Name, Source, Destination }) =>
        `${Type === "tmpfs" ? "tmpfs" : (Name ?? Source)} → ${Destination}`,
    ),
    log: container.log.entries
      .slice(-LOG_LINES)
      .map(({ data }) => decodeUtf8(data).replace(/\n$/, "")),
  };
}

/** Those of the registry and the lab's own. */
export function imageInfos(lab: Lab): readonly ImageInfo[] {
  const own = lab.containerImages.map(({ repository, tags, summary }) => {
    const [tag = "latest"] = tags;
    return { reference: tag === "latest" ? repository : `${repository}:${tag}`, summary };
  });
  const common = REGISTRY.map(({ repository, summary }) => ({ reference: repository, summary }));
  return [...own, ...common].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}
