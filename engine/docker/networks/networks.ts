/** The networks of a machine's engine. */
import { formatIpv4, networkOf, parseIpv4, type Ipv4, type Ipv4Prefix } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import { ApiError } from "../api/errors.ts";
import type { Names } from "../api/container.ts";
import type { Filters } from "../api/filters.ts";
import type { IpamConfig, NetworkCreate, NetworkInspect } from "../api/network.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { findByReference, newId, shortId } from "../daemon/identifiers.ts";
import { allocateBlock, skipsGateway } from "./blocks.ts";
import { BridgeDriver, filtered } from "./bridge.ts";
import { settingsOf } from "./create.ts";
import {
  BRIDGE_NAME_OPTION,
  INTER_CONTAINER_OPTION,
  MASQUERADE_OPTION,
  MTU_OPTION,
  PUBLISH_ADDRESS_OPTION,
} from "./driver-options.ts";
import { NO_INTERFACES, type NetworkDriver } from "./driver.ts";
import { checkFilters, matchesFilters } from "./filters.ts";
import { AddressSpace, formatPrefix } from "./ipam.ts";
import { inspectNetwork } from "./inspect.ts";
import { MacvlanDriver } from "./macvlan.ts";
import {
  Network,
  type AddressBlock,
  type DriverName,
  type Endpoint,
  type NetworkDefinition,
} from "./network.ts";

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
    const macvlan = new MacvlanDriver({ host, random, release, networks });
    this.drivers = { bridge, macvlan, host: NO_INTERFACES, null: NO_INTERFACES };
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
        [INTER_CONTAINER_OPTION]: String(config.interContainer),
        [MASQUERADE_OPTION]: String(config.ipMasquerade),
        [PUBLISH_ADDRESS_OPTION]: config.publishAddress,
        [BRIDGE_NAME_OPTION]: device,
        [MTU_OPTION]: String(config.mtu),
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
    const settings = settingsOf(body, release, (name) =>
      this.list().find((network) => network.name === name),
    );
    const network = this.install({
      ...settings,
      id: newId(random),
      name: body.Name,
      createdNs: clock.nowNs,
      attachable: body.Attachable === true,
      enableIpv6: false,
      configOnly: body.ConfigOnly === true,
      configFrom: body.ConfigFrom?.Network ?? "",
    });
    this.save();
    events.emit("network", "create", network.id, { name: network.name, type: network.driver });
    return network;
  }

  private install(definition: NetworkDefinition): Network {
    const network = new Network(definition);
    if (hasAddresses(definition)) this.allocate(network);
    try {
      this.drivers[definition.driver].create(network);
    } catch (error) {
      this.releaseBlocks(network);
      if (!(error instanceof KernelError)) throw error;
      throw new ApiError(500, strerror(error.errno).toLowerCase());
    }
    this.byId.set(network.id, network);
    return network;
  }

  private allocate(network: Network): void {
    const { release } = this.context;
    const { definition } = network;
    const configs = definition.ipamConfig ?? definition.allocated ?? [{}];
    const blocks: AddressBlock[] = [];
    try {
      for (const config of configs) {
        blocks.push(allocateBlock(this.space, config, skipsGateway(definition, release)));
      }
    } catch (error) {
      for (const { pool } of blocks) this.space.releasePool(pool);
      throw error;
    }
    network.blocks = blocks;
  }

  private releaseBlocks(network: Network): void {
    for (const { pool } of network.blocks) this.space.releasePool(pool);
  }

  /** What `inspect` shows of a network's addresses. */
  static ipamConfig({ definition, blocks }: Network): readonly IpamConfig[] | null {
    if (definition.ipamConfig) return definition.ipamConfig;
    if (blocks.length === 0) return null;
    return blocks.map(({ pool, gateway }) => ({
      Subnet: formatPrefix(pool.subnet),
      ...(gateway === undefined ? {} : { Gateway: formatIpv4(gateway) }),
    }));
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
    const { configOnly } = network.definition;
    if (
      configOnly &&
      this.list().some(({ definition }) => definition.configFrom === network.name)
    ) {
      throw new ApiError(
        403,
        `error while removing network: configuration network "${network.name}" is in use`,
      );
    }
    this.drivers[network.driver].remove(network);
    this.releaseBlocks(network);
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

function hasAddresses({ driver, configOnly }: NetworkDefinition): boolean {
  return driver !== "host" && driver !== "null" && !configOnly;
}

const NO_NAMES: Names = {};

const BARE = {
  internal: false,
  attachable: false,
  enableIpv6: false,
  configOnly: false,
  configFrom: "",
  options: NO_NAMES,
  labels: NO_NAMES,
  ipamDriver: "default",
  ipamOptions: null,
  ipamConfig: null,
};
