/** The containers of a machine's engine: finding, naming and making them. */
import { parseIpv4 } from "../../net/address.ts";
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import { containerRoot } from "../../machine/container-runtime.ts";
import { ApiError } from "../api/errors.ts";
import type { ContainerCreate, HostConfig } from "../api/container.ts";
import type { EndpointSettings } from "../api/network.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { newId } from "../daemon/identifiers.ts";
import { randomName } from "../daemon/random-names.ts";
import { joinProblems } from "../networks/ipam-config.ts";
import type { Networks } from "../networks/networks.ts";
import type { Images } from "../store/images.ts";
import type { Volumes } from "../store/volumes.ts";
import { Container } from "./container.ts";
import { checkConfig } from "./config-checks.ts";
import { completeConfig, completeHostConfig } from "./defaults.ts";
import { checkHostConfig } from "./host-config-checks.ts";
import { ContainerLog } from "./log.ts";
import { planMounts } from "./mounts.ts";

export interface ContainersParts {
  readonly context: DaemonContext;
  readonly networks: Networks;
  readonly images: Images;
  readonly volumes: () => Volumes;
}

export class Containers {
  constructor(private readonly parts: ContainersParts) {}

  /** In the order in which they were created. */
  list(): Container[] {
    return [...this.parts.context.state.containers.values()];
  }

  /** By id, name (with or without a slash), or the beginning of an id. */
  find(reference: string): Container | undefined {
    const { containers } = this.parts.context.state;
    const whole = containers.get(reference);
    if (whole) return whole;
    const name = reference.replace(/^\//, "");
    const candidates: Container[] = [];
    for (const container of containers.values()) {
      if (container.name === name) return container;
      if (reference !== "" && container.id.startsWith(reference)) candidates.push(container);
    }
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  /** ApiError 404 */
  get(reference: string): Container {
    const found = this.find(reference);
    if (found) return found;
    const { containers } = this.parts.context.state;
    const matches = [...containers.keys()].filter(
      (id) => reference !== "" && id.startsWith(reference),
    );
    throw matches.length > 1
      ? new ApiError(400, `multiple IDs found with provided prefix: ${reference}`)
      : new ApiError(404, `No such container: ${reference}`);
  }

  /** ApiError 400, 404, 409. */
  create(body: ContainerCreate, askedName: string): { container: Container; warnings: string[] } {
    const { context, images, volumes } = this.parts;
    const { release, config: daemon, kernel, random, clock, events } = context;
    const { HostConfig: askedHost = {}, NetworkingConfig: networking, ...asked } = body;
    const image = images.get(body.Image ?? "");
    const hostConfig = this.resolveModes(completeHostConfig(askedHost, release, daemon));
    const warnings = checkHostConfig(asked, hostConfig, release);
    checkConfig(asked, hostConfig, release);
    const id = newId(random);
    const owner = ownerOf(hostConfig, (reference) => this.find(reference));
    const hostname =
      owner?.config.Hostname ??
      (hostConfig.NetworkMode === "host" ? kernel.initialNamespaces.uts.hostname : undefined);
    const config = completeConfig(asked, image, id, hostname === undefined ? {} : { hostname });
    const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
    const [path, ...args] = command;
    if (path === undefined) {
      throw new ApiError(400, release === "28" ? "no command specified" : "No command specified");
    }
    this.checkNetworking(networking?.EndpointsConfig ?? {}, hostConfig);
    this.checkLinks(hostConfig);
    const name = this.reserveName(askedName, id);
    const mounts = planMounts(
      context.sys,
      hostConfig,
      Object.keys(config.Volumes ?? {}),
      volumes(),
      (reference) => this.get(reference),
    );
    const disk = kernel.initialNamespaces.mount.root.inode.fileSystem as LayeredFileSystem;
    const container = new Container(
      {
        id,
        createdNs: clock.nowNs,
        imageName: body.Image ?? "",
        image,
        path,
        args,
        layerId: newId(random),
      },
      name,
      config,
      hostConfig,
      containerRoot(kernel, image.files, disk),
      new ContainerLog(() => clock.nowNs, logLimit(hostConfig)),
    );
    container.mounts = mounts;
    this.wire(container, networking?.EndpointsConfig ?? {});
    context.state.containers.set(id, container);
    events.emit(
      "container",
      "create",
      id,
      this.attributes(container),
      container.identity.imageName,
    );
    return { container, warnings };
  }

  /** Labels, image and name: what events of a container carry. */
  attributes(container: Container): Record<string, string> {
    return {
      ...container.config.Labels,
      image: container.identity.imageName,
      name: container.name,
    };
  }

  /** Another container is named by its id. */
  private resolveModes(hostConfig: HostConfig): HostConfig {
    const { NetworkMode: mode } = hostConfig;
    if (!mode.startsWith("container:")) return hostConfig;
    const reference = mode.slice("container:".length);
    const owner = this.find(reference);
    if (!owner) {
      // 20.10 finds out when it starts.
      if (this.parts.context.release === "20.10") return hostConfig;
      throw new ApiError(
        404,
        `joining network namespace of container: No such container: ${reference}`,
      );
    }
    return { ...hostConfig, NetworkMode: `container:${owner.id}` };
  }

  private checkNetworking(
    endpoints: Readonly<Record<string, Partial<EndpointSettings>>>,
    hostConfig: HostConfig,
  ): void {
    const { release } = this.parts.context;
    for (const [name, settings] of Object.entries(endpoints)) {
      const problems = this.addressProblems(name, settings);
      if (problems.length === 0) continue;
      if (release === "28") {
        const shown = name === "default" ? "bridge" : name;
        throw new ApiError(
          400,
          `invalid config for network ${shown}: invalid endpoint settings:\n${joinProblems(problems)}`,
        );
      }
      const [first = ""] = problems;
      if (first.startsWith("invalid IPv4")) throw new ApiError(400, first);
    }
    if (release === "20.10" && Object.keys(endpoints).length > 1) {
      throw new ApiError(
        400,
        `Container cannot be connected to network endpoints: ${Object.keys(endpoints).join(", ")}`,
      );
    }
    if (hostConfig.NetworkMode === "none" && Object.keys(endpoints).length > 1) {
      throw new ApiError(
        400,
        "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
      );
    }
  }

  private checkLinks({ Links: links }: HostConfig): void {
    for (const link of links ?? []) {
      const [name = ""] = link.split(":");
      if (this.find(name)) continue;
      throw new ApiError(404, `could not get container for ${name}: No such container: ${name}`);
    }
  }

  /** What is wrong with an address that was asked for in a network, as 28 lists it. */
  addressProblems(name: string, settings: Partial<EndpointSettings>): string[] {
    const text = settings.IPAMConfig?.IPv4Address;
    if (!text) return [];
    const network = this.parts.networks.find(name === "default" ? "bridge" : name);
    const address = parseIpv4(text);
    const problems: string[] = [];
    if (address === undefined) problems.push(`invalid IPv4 address: ${text}`);
    if (!network) return problems;
    const hasOwnSubnet = network.definition.ipamConfig !== null && !network.isDefaultBridge;
    if (network.isPredefined)
      problems.push("user specified IP address is supported on user defined networks only");
    else if (!hasOwnSubnet) {
      problems.push(
        "user specified IP address is supported only when connecting to networks with user configured subnets",
      );
      return problems;
    }
    const isInside = address !== undefined && network.blockOf(address) !== undefined;
    if (!isInside) {
      problems.push(`no configured subnet or ip-range contain the IP address ${text}`);
    }
    return problems;
  }

  private wire(
    container: Container,
    endpoints: Readonly<Record<string, Partial<EndpointSettings>>>,
  ): void {
    const { hostConfig } = container;
    if (container.networkOwner !== undefined || container.config.NetworkDisabled) return;
    const mode = hostConfig.NetworkMode === "default" ? "bridge" : hostConfig.NetworkMode;
    const asked = Object.entries(endpoints).map(([name, settings]) => {
      if (name !== "default") return [name, settings] as const;
      // 20.10 forgets an address asked for in the network that was not named.
      const { IPAMConfig: ipam, ...others } = settings;
      const isKept = this.parts.context.release === "28" && ipam;
      return ["bridge", isKept ? { ...others, IPAMConfig: ipam } : others] as const;
    });
    const named = new Map(asked);
    // The network may have been named by its id.
    const found = this.parts.networks.find(mode)?.name ?? mode;
    if (!named.has(found)) named.set(found, named.get(mode) ?? {});
    if (found !== mode) named.delete(mode);
    for (const [name, settings] of named) {
      const network = this.parts.networks.find(name)?.name ?? name;
      container.networks.set(network, {
        name: network,
        networkId: "",
        settings,
        endpoint: undefined,
      });
    }
  }

  // ---------------------------------------------------------------- names

  /** The name without its slash, or one made up. ApiError 400, 409. */
  private reserveName(asked: string, id: string): string {
    const { random } = this.parts.context;
    if (asked === "") {
      for (let retry = 0; ; retry += 1) {
        const name = retry < 6 ? randomName(random, retry) : id.slice(0, 12);
        if (!this.nameOwner(name)) return name;
      }
    }
    const name = this.checkName(asked);
    const owner = this.nameOwner(name);
    if (owner) throw new ApiError(409, conflict(name, owner));
    return name;
  }

  private checkName(asked: string): string {
    const name = asked.replace(/^\//, "");
    if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return name;
    throw new ApiError(
      400,
      `Invalid container name (${asked}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }

  private nameOwner(name: string): Container | undefined {
    return this.list().find((container) => container.name === name);
  }

  /** ApiError 400, 409. */
  rename(container: Container, asked: string): void {
    const { events } = this.parts.context;
    if (asked === "") throw new ApiError(400, "Neither old nor new names may be empty");
    const name = this.checkName(asked);
    if (name === container.name) {
      throw new ApiError(400, "Renaming a container with the same name as its current name");
    }
    const owner = this.nameOwner(name);
    if (owner) {
      throw new ApiError(409, `Error when allocating new name: ${conflict(name, owner)}`);
    }
    const oldName = `/${container.name}`;
    container.name = name;
    events.emit("container", "rename", container.id, { ...this.attributes(container), oldName });
  }
}

function conflict(name: string, owner: Container): string {
  return `Conflict. The container name "/${name}" is already in use by container "${owner.id}". You have to remove (or rename) that container to be able to reuse that name.`;
}

function ownerOf(
  hostConfig: HostConfig,
  find: (reference: string) => Container | undefined,
): Container | undefined {
  const { NetworkMode: mode } = hostConfig;
  return mode.startsWith("container:") ? find(mode.slice("container:".length)) : undefined;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1 << 20, g: 1 << 30 };

/** `max-size` × `max-file`; undefined: the usual. */
function logLimit({ LogConfig: { Config: options } }: HostConfig): number | undefined {
  const match = /^(\d+)([bkmg]?)$/i.exec(options["max-size"] ?? "");
  if (!match) return undefined;
  const unit = UNITS[(match[2] ?? "").toLowerCase()] ?? 1;
  return Math.min(Number(match[1]) * unit * Number(options["max-file"] ?? 1), 8 << 20);
}
