/** The networks of a machine's engine. */
import { formatIpv4, networkOf, parseIpv4, type Ipv4, type Ipv4Prefix } from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { Names } from "../api/container.ts";
import type { Filters } from "../api/filters.ts";
import type { IpamConfig, NetworkCreate, NetworkInspect } from "../api/network.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { findByReference, newId, shortId } from "../daemon/identifiers.ts";
import { BRIDGE_NAME_OPTION, BridgeDriver, filtered } from "./bridge.ts";
import { checkNetworkRequest, parseSubnet } from "./create.ts";
import { NO_INTERFACES, type NetworkDriver } from "./driver.ts";
import { checkFilters, matchesFilters } from "./filters.ts";
import { AddressSpace, formatPrefix } from "./ipam.ts";
import { inspectNetwork } from "./inspect.ts";
import { MacvlanDriver } from "./macvlan.ts";
import { Network, type DriverName, type Endpoint, type NetworkDefinition } from "./network.ts";

const DOCKER0 = "docker0";

export class Networks {
  private readonly byId = new Map<string, Network>();
  private readonly drivers: Readonly<Record<DriverName, NetworkDriver>>;
  private readonly space: AddressSpace;

  constructor(private readonly context: DaemonContext) {
    const { kernel, firewall, random, release, config } = context;
    const host = kernel.initialNamespaces.net;
    const networks = (): Iterable<Network> => this.byId.values();
    const hairpin = !config.userlandProxy;
    const bridge = new BridgeDriver({ kernel, host, firewall, random, release, hairpin, networks });
    const macvlan = new MacvlanDriver(host, random, release);
    this.drivers = { bridge, macvlan, ipvlan: macvlan, host: NO_INTERFACES, null: NO_INTERFACES };
    this.space = new AddressSpace(release, config.addressPools, () =>
      host.rtnetlink.routes(254).map((route): Ipv4Prefix => ({
        address: route.destination,
        length: route.prefixLength,
      })),
    );
  }

  /** Brings back the networks that the daemon knew, or makes the first ones. */
  start(): void {
    const { state, config, random, clock } = this.context;
    for (const name of ["none", "host"] as const) {
      const kept = state.networks.find((definition) => definition.name === name);
      this.install(
        kept ?? {
          ...BARE,
          id: newId(random),
          name,
          createdNs: clock.nowNs,
          driver: name === "none" ? "null" : "host",
        },
      );
    }
    if (config.bridge !== "none") this.startDefaultBridge();
    for (const definition of state.networks) {
      if (!this.byId.has(definition.id)) this.install(definition);
    }
    this.save();
  }

  /** The default bridge is made afresh each time; its device and address stay. */
  private startDefaultBridge(): void {
    const { config, random, clock, kernel } = this.context;
    const { rtnetlink } = kernel.initialNamespaces.net;
    const device = config.bridge ?? DOCKER0;
    const link = rtnetlink.link(device);
    const own = rtnetlink.addresses().find((address) => address.ifindex === link?.ifindex);
    const written =
      config.bridgeAddress ?? (own && `${formatIpv4(own.address)}/${own.prefixLength}`);
    const ipamConfig: IpamConfig[] = [];
    if (written !== undefined) {
      const [address = "", length = ""] = written.split("/");
      const parsed = parseIpv4(address);
      if (parsed === undefined) throw new Error(`invalid CIDR address: ${written}`);
      const subnet = `${formatIpv4(networkOf(parsed, Number(length)))}/${length}`;
      ipamConfig.push({
        Subnet: subnet,
        ...(config.fixedCidr === undefined ? {} : { IPRange: config.fixedCidr }),
        Gateway: address,
      });
    }
    this.install({
      ...BARE,
      id: newId(random),
      name: "bridge",
      createdNs: clock.nowNs,
      driver: "bridge",
      ipamConfig: ipamConfig.length > 0 ? ipamConfig : null,
      options: {
        "com.docker.network.bridge.default_bridge": "true",
        "com.docker.network.bridge.enable_icc": String(config.interContainer),
        "com.docker.network.bridge.enable_ip_masquerade": String(config.ipMasquerade),
        "com.docker.network.bridge.host_binding_ipv4": config.publishAddress,
        [BRIDGE_NAME_OPTION]: device,
        "com.docker.network.driver.mtu": String(config.mtu),
      },
    });
  }

  list(): Network[] {
    return [...this.byId.values()];
  }

  /** ApiError 404, 400. */
  get(reference: string): Network {
    const found = this.find(reference);
    if (!found) throw new ApiError(404, `network ${reference} not found`);
    return found;
  }

  find(reference: string): Network | undefined {
    const found = findByReference(this.byId.values(), reference);
    if (found === "ambiguous") {
      throw new ApiError(400, `network ${reference} is ambiguous (2 matches found based on name)`);
    }
    return found;
  }

  create(body: NetworkCreate): Network {
    const { release, random, clock, events } = this.context;
    const exists = (name: string): boolean => this.list().some((network) => network.name === name);
    const driver = checkNetworkRequest(body, release, exists);
    const network = this.install({
      id: newId(random),
      name: body.Name,
      createdNs: clock.nowNs,
      driver,
      internal: body.Internal === true,
      attachable: body.Attachable === true,
      enableIpv6: false,
      options: body.Options ?? {},
      labels: body.Labels ?? {},
      ipamDriver: body.IPAM?.Driver || "default",
      ipamOptions: body.IPAM?.Options ?? {},
      ipamConfig: body.IPAM?.Config?.length ? body.IPAM.Config : null,
    });
    this.save();
    events.emit("network", "create", network.id, { name: network.name, type: network.driver });
    return network;
  }

  private install(definition: NetworkDefinition): Network {
    const network = new Network(definition);
    if (definition.driver !== "host" && definition.driver !== "null") this.allocate(network);
    try {
      this.drivers[definition.driver].create(network);
    } catch (error) {
      if (network.pool) this.space.releasePool(network.pool);
      throw error;
    }
    this.byId.set(network.id, network);
    return network;
  }

  private allocate(network: Network): void {
    const { definition } = network;
    const [config = {}] = definition.ipamConfig ?? definition.allocated ?? [];
    const subnet = config.Subnet ? parseSubnet(config.Subnet) : undefined;
    const range = config.IPRange ? parseSubnet(config.IPRange) : undefined;
    const pool = subnet
      ? this.space.request(
          { address: networkOf(subnet.address, subnet.length), length: subnet.length },
          range,
        )
      : this.space.requestPredefined();
    network.pool = pool;
    for (const text of Object.values(config.AuxiliaryAddresses ?? {})) {
      const address = parseIpv4(text);
      if (address !== undefined) pool.allocate(address);
    }
    const wanted = config.Gateway ? parseIpv4(config.Gateway) : undefined;
    const gateway = pool.allocate(wanted);
    network.gateway = typeof gateway === "number" ? gateway : wanted;
  }

  /** What `inspect` shows of a network's addresses. */
  static ipamConfig(network: Network): readonly IpamConfig[] | null {
    const { definition, pool, gateway } = network;
    if (definition.ipamConfig) return definition.ipamConfig;
    if (!pool) return null;
    const shown = gateway === undefined ? {} : { Gateway: formatIpv4(gateway) };
    return [{ Subnet: formatPrefix(pool.subnet), ...shown }];
  }

  inspect(network: Network, withContainers = true): NetworkInspect {
    const { release, clock } = this.context;
    return inspectNetwork(network, Networks.ipamConfig(network), release, clock, withContainers);
  }

  /** ApiError 403: predefined, or in use. */
  remove(network: Network): void {
    const { release, events } = this.context;
    if (network.isPredefined) {
      throw new ApiError(403, `${network.name} is a pre-defined network and cannot be removed`);
    }
    if (network.endpoints.size > 0) {
      const active = [...network.endpoints.values()]
        .map((endpoint) => `name:"${endpoint.containerName()}" id:"${shortId(endpoint.id)}"`)
        .join(", ");
      throw new ApiError(
        403,
        release === "28"
          ? `error while removing network: network ${network.name} has active endpoints (${active})`
          : `error while removing network: network ${network.name} id ${network.id} has active endpoints`,
      );
    }
    this.drivers[network.driver].remove(network);
    if (network.pool) this.space.releasePool(network.pool);
    this.byId.delete(network.id);
    this.save();
    events.emit("network", "destroy", network.id, { name: network.name, type: network.driver });
  }

  filter(filters: Filters): Network[] {
    checkFilters(filters, this.context.release);
    return this.list().filter((network) => matchesFilters(network, filters));
  }

  driverOf(network: Network): NetworkDriver {
    return this.drivers[network.driver];
  }

  /** Tells the packet filter of ports: see ports.ts. */
  filteredOf(network: Network): ReturnType<typeof filtered> {
    return filtered(network);
  }

  /** The running container that has an address in a network. */
  endpointAt(network: Network, address: Ipv4): Endpoint | undefined {
    for (const endpoint of network.endpoints.values()) {
      if (endpoint.address === address) return endpoint;
    }
    return undefined;
  }

  private save(): void {
    this.context.state.networks = this.list()
      .filter((network) => network.name !== "bridge")
      .map((network) => ({
        ...network.definition,
        allocated: Networks.ipamConfig(network),
      }));
  }
}

const NO_NAMES: Names = {};

const BARE = {
  internal: false,
  attachable: false,
  enableIpv6: false,
  options: NO_NAMES,
  labels: NO_NAMES,
  ipamDriver: "default",
  ipamOptions: null,
  ipamConfig: null,
};
