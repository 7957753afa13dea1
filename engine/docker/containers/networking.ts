/** Gives containers their namespaces, interfaces, names and ports, and takes them back. */
import {
  formatIpv4,
  IPV4_ANY,
  isLoopback,
  parseIpv4,
  parseMac,
  type Ipv4,
} from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import { hostFile } from "../../machine/container-runtime.ts";
import type { ContainerMount } from "../../machine/container-mounts.ts";
import { ApiError } from "../api/errors.ts";
import type { PortBinding, PortMap } from "../api/container.ts";
import type { EndpointSettings } from "../api/network.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { newId, shortId } from "../daemon/identifiers.ts";
import type { Resolvers } from "../dns/resolvers.ts";
import { INTERFACE_PREFIX_OPTION } from "../networks/driver-options.ts";
import { sorted } from "../networks/inspect.ts";
import type { Endpoint, Network } from "../networks/network.ts";
import type { Networks } from "../networks/networks.ts";
import type { Publication, Publisher } from "../networks/publisher.ts";
import type { Sandbox, Sandboxes } from "../networks/sandbox.ts";
import { makeDirectories } from "../store/volumes.ts";
import type { Container, ContainerNetwork } from "./container.ts";
import { dnsNames, filesDirectory } from "./inspect.ts";
import { hostsText, resolvConfText, upstreamServers, type HostsEntry } from "./network-files.ts";

const ENDPOINT_NAME_OPTION = "com.docker.network.endpoint.ifname";
const ENDPOINT_SYSCTLS_OPTION = "com.docker.network.endpoint.sysctls";

export interface NetworkingParts {
  readonly context: DaemonContext;
  readonly networks: Networks;
  readonly sandboxes: Sandboxes;
  readonly publisher: Publisher;
  readonly resolvers: Resolvers;
  /** By id, name or the beginning of an id. */
  readonly find: (reference: string) => Container | undefined;
}

export class ContainerNetworking {
  constructor(private readonly parts: NetworkingParts) {}

  /** Before the process is started. ApiError: then nothing is left behind. */
  allocate(container: Container): void {
    const { context, sandboxes } = this.parts;
    if (container.networkOwner !== undefined) {
      this.join(container, container.networkOwner);
      return;
    }
    const id = newId(context.random);
    const isHost = container.hostConfig.NetworkMode === "host";
    const sandbox = isHost ? sandboxes.host(id) : sandboxes.create(id);
    container.sandbox = sandbox;
    try {
      this.writeSysctls(container, sandbox);
    } catch (error) {
      this.release(container);
      throw error;
    }
    try {
      for (const wired of this.inOrder(container)) this.connectEndpoint(container, wired, sandbox);
      this.updateGateway(container, sandbox);
    } catch (error) {
      this.release(container);
      throw this.setUpError(error);
    }
    container.sandboxId = id;
    container.sandboxKey = sandbox.key;
    this.writeFiles(container);
  }

  /** 28 says what it was about. */
  private setUpError(error: unknown): unknown {
    if (!(error instanceof ApiError) || this.parts.context.release !== "28") return error;
    return new ApiError(error.status, `failed to set up container networking: ${error.message}`);
  }

  private join(container: Container, ownerId: string): void {
    const { context, find } = this.parts;
    const isNew = context.release === "28";
    const owner = find(ownerId);
    if (!owner) {
      const text = `No such container: ${ownerId}`;
      throw new ApiError(404, isNew ? `joining network namespace of container: ${text}` : text);
    }
    if (!owner.state.running || owner.state.restarting || !owner.sandbox) {
      throw new ApiError(
        409,
        isNew
          ? `cannot join network namespace of a non running container: container ${owner.name} is ${owner.status}`
          : `cannot join network of a non running container: ${owner.id}`,
      );
    }
    container.sandbox = owner.sandbox;
  }

  /** The network of the mode first, as its interface is eth0. */
  private inOrder(container: Container): ContainerNetwork[] {
    const mode = this.nameOfMode(container);
    const rank = ({ name }: ContainerNetwork): number => (name === mode ? 0 : 1);
    return [...container.networks.values()].sort(
      (a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1),
    );
  }

  private nameOfMode({ hostConfig }: Container): string {
    const { NetworkMode: mode } = hostConfig;
    return mode === "default" ? "bridge" : mode;
  }

  private writeSysctls(container: Container, sandbox: Sandbox): void {
    for (const [name, value] of Object.entries(container.hostConfig.Sysctls ?? {})) {
      if (!name.startsWith("net.")) continue;
      if (sandbox.isHost) {
        throw this.runtimeError(`sysctl "${name}" not allowed in host network namespace`);
      }
      const file = name.replaceAll(".", "/");
      try {
        sandbox.namespace.sysctlTree.write(file, value);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        throw this.runtimeError(
          `unable to start container process: error during container init: open /proc/sys/${file}: no such file or directory`,
        );
      }
    }
  }

  /** What runc refuses is reported by everyone it passes. */
  private runtimeError(why: string): ApiError {
    const task = this.parts.context.release === "28" ? "failed to create task for container: " : "";
    return new ApiError(
      400,
      `${task}failed to create shim task: OCI runtime create failed: runc create failed: ${why}: unknown`,
    );
  }

  private connectEndpoint(
    container: Container,
    wired: ContainerNetwork,
    sandbox: Sandbox,
  ): Endpoint {
    const { context, networks } = this.parts;
    const network = networks.get(wired.networkId === "" ? wired.name : this.currentId(wired));
    if ([...network.endpoints.values()].some((other) => other.containerName() === container.name)) {
      throw new ApiError(
        403,
        `endpoint with name ${container.name} already exists in network ${network.name}`,
      );
    }
    if (network.definition.configOnly) {
      throw new ApiError(403, "cannot create endpoint on configuration-only network");
    }
    const address = this.allocateAddress(network, wired);
    const block = address === undefined ? undefined : network.blockOf(address);
    const { device, sysctls } = this.interfaceOf(network, wired, sandbox);
    const written = wired.settings.MacAddress || container.config.MacAddress;
    const mac = written ? parseMac(written) : wired.before?.mac;
    let joined;
    try {
      joined = networks.driverOf(network).join({ network, sandbox, device, mac, address, sysctls });
    } catch (error) {
      if (address !== undefined) block?.pool.release(address);
      throw error;
    }
    sandbox.nextInterface += 1;
    const endpoint: Endpoint = {
      id: newId(context.random),
      network,
      containerId: container.id,
      containerName: () => container.name,
      dnsNames: () => this.namesIn(network, container, wired),
      sandbox,
      mac: joined.mac,
      address,
      prefixLength: block?.pool.subnet.length ?? 0,
      gateway: this.leadsOut(network) ? block?.gateway : undefined,
      links: linksOf(container, wired),
      device,
      hostDevice: joined.hostDevice,
    };
    network.endpoints.set(container.id, endpoint);
    sandbox.endpoints.push(endpoint);
    wired.networkId = network.id;
    wired.endpoint = endpoint;
    wired.before = undefined;
    this.nameEndpoint(container, network, wired);
    if (isUserDefined(network)) this.parts.resolvers.start(sandbox, this.upstream(container));
    context.events.emit("network", "connect", network.id, {
      container: container.id,
      name: network.name,
      type: network.driver,
    });
    return endpoint;
  }

  /** Its name and switches: 28 lets the endpoint's options say. */
  private interfaceOf(network: Network, { settings }: ContainerNetwork, sandbox: Sandbox) {
    const prefix = network.option(INTERFACE_PREFIX_OPTION) || "eth";
    const named = `${prefix}${sandbox.nextInterface}`;
    if (this.parts.context.release !== "28") return { device: named, sysctls: {} };
    const { [ENDPOINT_NAME_OPTION]: device = named, [ENDPOINT_SYSCTLS_OPTION]: written = "" } =
      settings.DriverOpts ?? {};
    const pairs = written.split(",").filter(Boolean);
    return {
      device,
      sysctls: Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string])),
    };
  }

  /** Before 28 an internal network has a default route too, which leads to a rule that drops. */
  private leadsOut({ definition, driver }: Network): boolean {
    return !definition.internal || (this.parts.context.release === "20.10" && driver === "bridge");
  }

  /** The default bridge has another id after each start of the daemon. */
  private currentId(wired: ContainerNetwork): string {
    return this.parts.networks.find(wired.networkId) ? wired.networkId : wired.name;
  }

  private allocateAddress(network: Network, wired: ContainerNetwork): Ipv4 | undefined {
    const { settings, before } = wired;
    this.refuseAddress(network, settings);
    const text = settings.IPAMConfig?.IPv4Address;
    const wanted = text ? parseIpv4(text) : undefined;
    if (!network.pool) return undefined;
    const pool = wanted === undefined ? network.pool : network.blockOf(wanted)?.pool;
    if (!pool) {
      throw new ApiError(
        400,
        `Invalid address ${text}: It does not belong to any of this network's subnets`,
      );
    }
    const kept =
      wanted === undefined && before?.address !== undefined && pool.contains(before.address);
    const again = kept ? pool.allocate(before.address) : "taken";
    const address = again === "taken" ? pool.allocate(wanted) : again;
    if (address === "taken") throw new ApiError(403, "Address already in use");
    if (address === "none") {
      throw new ApiError(
        500,
        `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`,
      );
    }
    return address;
  }

  /** 28 has refused it when the container was made. */
  private refuseAddress(network: Network, settings: Partial<EndpointSettings>): void {
    if (!settings.IPAMConfig?.IPv4Address) return;
    if (network.isPredefined && this.parts.context.release === "20.10") {
      throw new ApiError(
        400,
        "user specified IP address is supported on user defined networks only",
      );
    }
    if (network.definition.ipamConfig !== null || network.isDefaultBridge) return;
    throw new ApiError(
      400,
      "user specified IP address is supported only when connecting to networks with user configured subnets",
    );
  }

  private nameEndpoint(container: Container, network: Network, wired: ContainerNetwork): void {
    if (!isUserDefined(network)) return;
    const { settings } = wired;
    if (this.parts.context.release === "28") {
      wired.settings = { ...settings, DNSNames: dnsNames(container, settings) };
      return;
    }
    const short = shortId(container.id);
    const aliases = settings.Aliases ?? [];
    if (!aliases.includes(short)) wired.settings = { ...settings, Aliases: [...aliases, short] };
  }

  private namesIn(network: Network, container: Container, wired: ContainerNetwork): string[] {
    return isUserDefined(network) ? dnsNames(container, wired.settings) : [];
  }

  /** A container was renamed. */
  renamed(container: Container): void {
    for (const wired of container.networks.values()) {
      if (wired.endpoint && this.parts.context.release === "28") {
        this.nameEndpoint(container, wired.endpoint.network, wired);
      }
    }
  }

  /** The default route goes by the network that comes first; ports are published there. */
  private updateGateway(container: Container, sandbox: Sandbox): void {
    if (sandbox.isHost) return;
    const chosen = gatewayEndpoint(container, sandbox);
    const { rtnetlink } = sandbox.namespace;
    for (const route of rtnetlink.routes(254)) {
      if (route.prefixLength === 0) rtnetlink.delRoute({ destination: IPV4_ANY, prefixLength: 0 });
    }
    if (chosen?.gateway !== undefined) {
      rtnetlink.newRoute(
        {
          destination: IPV4_ANY,
          prefixLength: 0,
          protocol: "boot",
          nextHops: [{ gateway: chosen.gateway, device: chosen.device }],
        },
        "replace",
      );
    }
    this.publish(container, chosen);
  }

  private publish(container: Container, endpoint: Endpoint | undefined): void {
    const { publisher } = this.parts;
    const [current] = container.publications;
    if (current && current.endpoint === endpoint) return;
    publisher.unpublish(container.publications.splice(0));
    const network = endpoint?.network;
    const isReached = network?.driver === "bridge" && !network.definition.internal;
    if (endpoint && isReached) {
      container.publications.push(...publisher.publish(endpoint, this.bindings(container)));
    }
    container.ports = isReached ? portMap(container, container.publications) : {};
  }

  private bindings(container: Container): PortMap {
    const { PortBindings: asked, PublishAllPorts: all } = container.hostConfig;
    if (!all) return asked;
    const bindings: Record<string, readonly PortBinding[] | null> = { ...asked };
    for (const port of Object.keys(container.config.ExposedPorts ?? {})) {
      bindings[port] ??= [{ HostIp: "", HostPort: "" }];
    }
    return bindings;
  }

  /** The container has ended, or could not be started. */
  release(container: Container): void {
    const { sandboxes, resolvers, context, publisher } = this.parts;
    const { sandbox } = container;
    container.sandbox = undefined;
    if (!sandbox || container.networkOwner !== undefined) return;
    publisher.unpublish(container.publications.splice(0));
    for (const wired of container.networks.values()) {
      if (wired.endpoint) this.disconnectEndpoint(wired);
    }
    resolvers.stop(sandbox);
    sandboxes.remove(sandbox);
    if (context.release === "28") {
      container.sandboxId = "";
      container.sandboxKey = "";
      if (!container.isRemoved) this.writeHosts(container);
    }
    container.ports = {};
  }

  private disconnectEndpoint(wired: ContainerNetwork): void {
    const { networks, context } = this.parts;
    const { endpoint } = wired;
    if (!endpoint) return;
    const { network, sandbox, device, address, containerId } = endpoint;
    wired.endpoint = undefined;
    network.endpoints.delete(containerId);
    sandbox.endpoints.splice(sandbox.endpoints.indexOf(endpoint), 1);
    networks.driverOf(network).leave(network, sandbox, device, address);
    if (address !== undefined) network.blockOf(address)?.pool.release(address);
    context.events.emit("network", "disconnect", network.id, {
      container: containerId,
      name: network.name,
      type: network.driver,
    });
  }

  /** `docker network connect`, checked by the caller. */
  connect(container: Container, network: Network, settings: Partial<EndpointSettings>): void {
    const wired: ContainerNetwork = {
      name: network.name,
      networkId: network.id,
      settings,
      endpoint: undefined,
    };
    const { sandbox } = container;
    if (sandbox && container.state.running) {
      this.connectEndpoint(container, wired, sandbox);
      container.networks.set(network.name, wired);
      this.updateGateway(container, sandbox);
      this.writeFiles(container);
    } else container.networks.set(network.name, wired);
  }

  disconnect(container: Container, network: Network): void {
    const wired = container.networks.get(network.name);
    if (!wired) return;
    this.disconnectEndpoint(wired);
    container.networks.delete(network.name);
    const { sandbox } = container;
    if (!sandbox || !container.state.running) return;
    this.updateGateway(container, sandbox);
    this.writeHosts(container);
  }

  // ---------------------------------------------------------------- files

  writeFiles(container: Container): void {
    const { sys } = this.parts.context;
    const directory = filesDirectory(container.id);
    makeDirectories(sys, directory, 0o710);
    sys.writeFile(`${directory}/hostname`, `${container.config.Hostname}\n`, { mode: 0o644 });
    this.writeHosts(container);
    sys.writeFile(`${directory}/resolv.conf`, resolvConfText(this.resolverChoice(container)), {
      mode: 0o644,
    });
  }

  private writeHosts(container: Container): void {
    const { sys, release } = this.parts.context;
    const directory = filesDirectory(container.id);
    makeDirectories(sys, directory, 0o710);
    const isHost = container.hostConfig.NetworkMode === "host";
    const extra = this.extraHosts(container);
    const text = isHost
      ? withLines(sys.readTextFile("/etc/hosts"), extra)
      : hostsText(release, this.ownHosts(container), extra);
    sys.writeFile(`${directory}/hosts`, text, { mode: 0o644 });
  }

  private ownHosts(container: Container): HostsEntry[] {
    const { Hostname: hostname, Domainname: domain } = container.config;
    const names = domain === "" ? hostname : `${hostname}.${domain} ${hostname}`;
    return this.inOrder(container).flatMap(({ endpoint }) =>
      endpoint?.address === undefined ? [] : [{ address: formatIpv4(endpoint.address), names }],
    );
  }

  private extraHosts(container: Container): HostsEntry[] {
    const extra = (container.hostConfig.ExtraHosts ?? []).map((text): HostsEntry => {
      const [name = "", ...rest] = text.split(":");
      const address = rest.join(":");
      const gateway = this.parts.networks.find("bridge")?.gateway;
      const isGateway = address === "host-gateway" && gateway !== undefined;
      return { address: isGateway ? formatIpv4(gateway) : address, names: name };
    });
    const endpoint = container.networks.get("bridge")?.endpoint;
    for (const [alias, target] of Object.entries(endpoint?.links ?? {})) {
      const other = this.parts.find(target);
      const address = other?.networks.get("bridge")?.endpoint?.address;
      if (!other || address === undefined) continue;
      const names = [...new Set([alias, other.config.Hostname, other.name])].join(" ");
      extra.push({ address: formatIpv4(address), names });
    }
    return extra;
  }

  private resolverChoice(container: Container) {
    const { context } = this.parts;
    const { hostConfig, sandbox } = container;
    const { config, sys, release } = context;
    const isInternal = sandbox?.endpoints.some(({ network }) => isUserDefined(network)) === true;
    const isHost = hostConfig.NetworkMode === "host";
    return {
      release,
      host: sys.access("/etc/resolv.conf", {}) ? sys.readTextFile("/etc/resolv.conf") : "",
      servers: hostConfig.Dns.length > 0 ? hostConfig.Dns : config.dns,
      search: hostConfig.DnsSearch.length > 0 ? hostConfig.DnsSearch : config.dnsSearch,
      options: hostConfig.DnsOptions.length > 0 ? hostConfig.DnsOptions : config.dnsOptions,
      kind: isHost ? ("host" as const) : isInternal ? ("internal" as const) : ("legacy" as const),
    };
  }

  /** Where a question goes on to, and from which namespace. */
  private upstream(container: Container) {
    const choice = { ...this.resolverChoice(container), kind: "internal" as const };
    const isNew = this.parts.context.release === "28";
    return upstreamServers(choice).flatMap((text) => {
      const address = parseIpv4(text);
      if (address === undefined) return [];
      const fromHost = isLoopback(address) || (isNew && choice.servers.length === 0);
      return [{ address, fromHost }];
    });
  }

  /** The three files, as mounts. A container that shares a network shares them too. */
  fileMounts(container: Container): ContainerMount[] {
    const { kernel } = this.parts.context;
    const owner =
      container.networkOwner === undefined ? container : this.parts.find(container.networkOwner);
    const directory = filesDirectory(owner?.id ?? container.id);
    return ["resolv.conf", "hostname", "hosts"].map((name) => ({
      target: `/etc/${name}`,
      source: "/dev/vda1",
      options: "rw,relatime",
      what: hostFile(kernel, `${directory}/${name}`),
    }));
  }
}

function withLines(text: string, extra: readonly HostsEntry[]): string {
  return text + extra.map(({ address, names }) => `${address}\t${names}\n`).join("");
}

/** Whose containers find each other by name. */
export function isUserDefined(network: Network): boolean {
  return network.driver !== "host" && network.driver !== "null" && !network.isDefaultBridge;
}

function gatewayEndpoint(container: Container, sandbox: Sandbox): Endpoint | undefined {
  const priority = ({ network }: Endpoint): number =>
    container.networks.get(network.name)?.settings.GwPriority ?? 0;
  return sandbox.endpoints
    .filter(({ gateway }) => gateway !== undefined)
    .sort(
      (a, b) =>
        Number(a.network.definition.internal) - Number(b.network.definition.internal) ||
        priority(b) - priority(a) ||
        (a.network.name < b.network.name ? -1 : 1),
    )[0];
}

/** What is exposed, and where it is published. */
function portMap(container: Container, publications: readonly Publication[]): PortMap {
  const ports: Record<string, PortBinding[] | null> = {};
  for (const port of Object.keys(container.config.ExposedPorts ?? {})) ports[port] = null;
  for (const { protocol, containerPort, hostIp, hostPort } of publications) {
    const key = `${containerPort}/${protocol}`;
    ports[key] = [
      ...(ports[key] ?? []),
      { HostIp: hostIp, HostPort: hostPort === 0 ? "" : String(hostPort) },
    ];
  }
  return sorted(ports);
}

/** `--link NAME:ALIAS`: alias → name. */
function linksOf(container: Container, wired: ContainerNetwork): Record<string, string> {
  const isBridge = wired.name === "bridge";
  const asked = isBridge ? container.hostConfig.Links : wired.settings.Links;
  return Object.fromEntries(
    (asked ?? []).map((text) => {
      const [name = "", alias = name] = text.split(":");
      const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
      return [last(alias), last(name)];
    }),
  );
}
