/** GET /containers/ID/json, its keys in the release's order. */
import { formatIpv4, formatMac } from "../../net/address.ts";
import type { ContainerInspect, ContainerState, NetworkSettings } from "../api/container.ts";
import type { EndpointSettings } from "../api/network.ts";
import { shortId } from "../daemon/identifiers.ts";
import type { Clock } from "../daemon/instant.ts";
import type { Release } from "../daemon/release.ts";
import { graphDriver } from "../store/graph-driver.ts";
import { imageSize } from "../store/stored-image.ts";
import type { Container, ContainerNetwork } from "./container.ts";

const DIRECTORY = "/var/lib/docker/containers";

export function filesDirectory(id: string): string {
  return `${DIRECTORY}/${id}`;
}

export function inspectContainer(
  container: Container,
  /** The container whose network it shares. */
  owner: Container | undefined,
  release: Release,
  clock: Clock,
  size: boolean,
): ContainerInspect {
  const { identity, id } = container;
  const filesOf = `${filesDirectory(owner?.id ?? container.networkOwner ?? id)}`;
  const execs = [...container.execs.values()].filter((exec) => exec.running).map((exec) => exec.id);
  return {
    Id: id,
    Created: clock.rfc3339Nano(identity.createdNs),
    Path: identity.path,
    Args: identity.args,
    State: stateOf(container, clock),
    Image: identity.image.id,
    ResolvConfPath: `${filesOf}/resolv.conf`,
    HostnamePath: `${filesOf}/hostname`,
    HostsPath: `${filesOf}/hosts`,
    LogPath: logPath(container),
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: execs.length > 0 ? execs : null,
    HostConfig: container.hostConfig,
    GraphDriver: graphDriver(container, release),
    ...(size ? sizes(container) : {}),
    Mounts: container.mounts,
    Config: container.config,
    NetworkSettings: networkSettings(container, release),
  };
}

function logPath({ id, hostConfig }: Container): string {
  return hostConfig.LogConfig.Type === "json-file" ? `${filesDirectory(id)}/${id}-json.log` : "";
}

export function sizes(container: Container): { SizeRw: number; SizeRootFs: number } {
  const own = container.root.ownBytes;
  return { SizeRw: own, SizeRootFs: own + imageSize(container.identity.image) };
}

function stateOf(container: Container, clock: Clock): ContainerState {
  const { state } = container;
  return {
    Status: container.status,
    Running: state.running,
    Paused: state.paused,
    Restarting: state.restarting,
    OOMKilled: state.oomKilled,
    Dead: state.dead,
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: clock.rfc3339Nano(state.startedNs),
    FinishedAt: clock.rfc3339Nano(state.finishedNs),
    ...(state.health ? { Health: state.health } : {}),
  };
}

function networkSettings(container: Container, release: Release): NetworkSettings {
  const networks: Record<string, EndpointSettings> = {};
  for (const name of [...container.networks.keys()].sort()) {
    networks[name] = endpointSettings(container.networks.get(name) as ContainerNetwork, release);
  }
  const main = networks["bridge"];
  const ports = container.state.running ? container.ports : {};
  const linkLocal = { HairpinMode: false, LinkLocalIPv6Address: "", LinkLocalIPv6PrefixLen: 0 };
  const sandbox = { SandboxID: container.sandboxId };
  const key = { SandboxKey: container.sandboxKey };
  return {
    Bridge: "",
    ...(release === "28"
      ? { ...sandbox, ...key, Ports: ports, ...linkLocal }
      : { ...sandbox, ...linkLocal, Ports: ports, ...key }),
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: main?.EndpointID ?? "",
    Gateway: main?.Gateway ?? "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    IPAddress: main?.IPAddress ?? "",
    IPPrefixLen: main?.IPPrefixLen ?? 0,
    IPv6Gateway: "",
    MacAddress: main?.MacAddress ?? "",
    Networks: networks,
  };
}

export function endpointSettings(
  { settings, endpoint, networkId }: ContainerNetwork,
  release: Release,
): EndpointSettings {
  const asked = {
    IPAMConfig: settings.IPAMConfig ?? null,
    Links: settings.Links ?? null,
    Aliases: settings.Aliases ?? null,
  };
  const mac = {
    MacAddress: endpoint?.mac === undefined ? (settings.MacAddress ?? "") : formatMac(endpoint.mac),
  };
  const options = { DriverOpts: settings.DriverOpts ?? null };
  const gateway = endpoint?.gateway;
  const live = {
    NetworkID: networkId,
    EndpointID: endpoint?.id ?? "",
    Gateway: gateway === undefined ? "" : formatIpv4(gateway),
    IPAddress: endpoint?.address === undefined ? "" : formatIpv4(endpoint.address),
    IPPrefixLen: endpoint?.prefixLength ?? 0,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
  };
  if (release === "20.10") return { ...asked, ...live, ...mac, ...options };
  return {
    ...asked,
    ...mac,
    ...options,
    GwPriority: settings.GwPriority ?? 0,
    ...live,
    DNSNames: settings.DNSNames ?? null,
  };
}

/** Names by which others in a network of the user's find a container. */
export function dnsNames(container: Container, settings: Partial<EndpointSettings>): string[] {
  const hostname = container.config.Hostname;
  const names = [container.name, ...(settings.Aliases ?? []), shortId(container.id), hostname];
  return [...new Set(names)];
}
