/** GET /containers/json. */
import type { ContainerSummary, PortSummary } from "../api/container.ts";
import type { EndpointSettings } from "../api/network.ts";
import { humanDuration, type Clock } from "../daemon/instant.ts";
import type { Release } from "../daemon/release.ts";
import type { Container } from "./container.ts";
import { endpointSettings, sizes } from "./inspect.ts";

export function summariseContainer(
  container: Container,
  release: Release,
  clock: Clock,
  size: boolean,
): ContainerSummary {
  const { identity } = container;
  const networks: Record<string, EndpointSettings> = {};
  for (const [name, network] of container.networks) {
    networks[name] = endpointSettings(network, release);
  }
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: imageName(container),
    ImageID: identity.image.id,
    Command: commandText(identity.path, identity.args),
    Created: clock.unixSeconds(identity.createdNs),
    Ports: portSummaries(container),
    ...(size ? sizes(container) : {}),
    Labels: container.config.Labels ?? {},
    State: container.status,
    Status: statusText(container, clock),
    HostConfig: { NetworkMode: container.hostConfig.NetworkMode },
    NetworkSettings: { Networks: networks },
    Mounts: container.mounts,
  };
}

/** The name that was given, unless it is another image's by now. */
function imageName({ identity }: Container): string {
  const { imageName: given, image } = identity;
  const last = given.slice(given.lastIndexOf("/") + 1);
  const tagged = last.includes(":") || given.includes("@") ? given : `${given}:latest`;
  const isId = image.id.replace("sha256:", "").startsWith(given.replace("sha256:", ""));
  return isId || image.tags.includes(tagged) || image.digests.includes(given)
    ? given
    : image.id.replace("sha256:", "").slice(0, 12);
}

/** Words with a blank are quoted. */
export function commandText(path: string, args: readonly string[]): string {
  if (args.length === 0) return path;
  return [path, ...args.map((word) => (word.includes(" ") ? `'${word}'` : word))].join(" ");
}

/** container/state.go String() */
function statusText(container: Container, clock: Clock): string {
  const { state } = container;
  const since = (atNs: number | undefined): string => humanDuration(clock.nowNs - (atNs ?? 0));
  if (state.running || state.restarting) {
    if (state.paused) return `Up ${since(state.startedNs)} (Paused)`;
    if (state.restarting) {
      return `Restarting (${state.exitCode}) ${since(state.finishedNs)} ago`;
    }
    const health = state.health?.Status;
    if (health === undefined || health === "none") return `Up ${since(state.startedNs)}`;
    const shown = health === "starting" ? "health: starting" : health;
    return `Up ${since(state.startedNs)} (${shown})`;
  }
  if (state.removing) return "Removal In Progress";
  if (state.dead) return "Dead";
  if (state.startedNs === undefined) return "Created";
  if (state.finishedNs === undefined) return "";
  return `Exited (${state.exitCode}) ${since(state.finishedNs)} ago`;
}

function portSummaries(container: Container): PortSummary[] {
  if (!container.state.running) return [];
  return Object.entries(container.ports).flatMap(([port, bindings]): PortSummary[] => {
    const [number = "", type = "tcp"] = port.split("/");
    const bare = { PrivatePort: Number(number), Type: type as PortSummary["Type"] };
    if (!bindings) return [bare];
    return bindings.map(({ HostIp, HostPort }) => ({
      IP: HostIp,
      PrivatePort: bare.PrivatePort,
      PublicPort: Number(HostPort),
      Type: bare.Type,
    }));
  });
}
