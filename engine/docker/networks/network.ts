/** A network of the engine, and the ends that containers have in it. */
import type { Ipv4, Mac } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type { Names } from "../api/container.ts";
import type { IpamConfig } from "../api/network.ts";
import type { AddressPool } from "./ipam.ts";
import { DEFAULT_BRIDGE_OPTIONS, type BridgeOptions } from "./driver-options.ts";
import type { Sandbox } from "./sandbox.ts";

export type DriverName = "bridge" | "host" | "null" | "macvlan";

/** What is kept when the daemon ends. */
export interface NetworkDefinition {
  readonly id: string;
  readonly name: string;
  readonly createdNs: Ns;
  readonly driver: DriverName;
  readonly internal: boolean;
  readonly attachable: boolean;
  /** `--config-only`: nothing but settings for other networks. */
  readonly configOnly: boolean;
  /** The network whose settings it has, or "". */
  readonly configFrom: string;
  readonly enableIpv6: boolean;
  readonly options: Names;
  readonly labels: Names;
  readonly ipamDriver: string;
  readonly ipamOptions: Names | null;
  /** As asked for, or as allocated. */
  readonly ipamConfig: readonly IpamConfig[] | null;
  /** What was chosen for it when nothing was asked: it is chosen again. */
  readonly allocated?: readonly IpamConfig[] | null;
}

/** One subnet of a network, and the address in it that is not given to a container. */
export interface AddressBlock {
  readonly pool: AddressPool;
  readonly gateway: Ipv4 | undefined;
}

export class Network {
  /** Of drivers with addresses; those of macvlan can have several. */
  blocks: readonly AddressBlock[] = [];
  /** The bridge's name, or the lower device's of macvlan. */
  device = "";
  /** What the definition's options mean: of the bridge driver. */
  bridgeOptions: BridgeOptions = DEFAULT_BRIDGE_OPTIONS;
  /** Of running containers, by container id. */
  readonly endpoints = new Map<string, Endpoint>();

  constructor(readonly definition: NetworkDefinition) {}

  get id(): string {
    return this.definition.id;
  }

  get name(): string {
    return this.definition.name;
  }

  get driver(): DriverName {
    return this.definition.driver;
  }

  /** The one that containers join which were told nothing. */
  get isDefaultBridge(): boolean {
    return this.driver === "bridge" && this.name === "bridge";
  }

  get isPredefined(): boolean {
    return ["bridge", "host", "none"].includes(this.name);
  }

  get pool(): AddressPool | undefined {
    return this.blocks[0]?.pool;
  }

  get gateway(): Ipv4 | undefined {
    return this.blocks[0]?.gateway;
  }

  blockOf(address: Ipv4): AddressBlock | undefined {
    return this.blocks.find(({ pool }) => pool.contains(address));
  }

  option(name: string): string | undefined {
    return this.definition.options[name];
  }
}

/** A container's end in a network while it runs. */
export interface Endpoint {
  readonly id: string;
  readonly network: Network;
  readonly containerId: string;
  readonly containerName: () => string;
  /** Names by which others in the network find it. */
  readonly dnsNames: () => readonly string[];
  readonly sandbox: Sandbox;
  readonly mac: Mac | undefined;
  readonly address: Ipv4 | undefined;
  readonly prefixLength: number;
  /** Where the container's default route may go. */
  readonly gateway: Ipv4 | undefined;
  /** Legacy links: alias → container name. */
  readonly links: Readonly<Record<string, string>>;
  /** Inside, such as eth0. */
  readonly device: string;
  /** The veth's end on the machine. */
  readonly hostDevice: string | undefined;
}
