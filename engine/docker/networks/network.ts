/** A network of the engine, and the ends that containers have in it. */
import type { Ipv4, Mac } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type { Names } from "../api/container.ts";
import type { IpamConfig } from "../api/network.ts";
import type { AddressPool } from "./ipam.ts";
import type { Sandbox } from "./sandbox.ts";

export type DriverName = "bridge" | "host" | "null" | "macvlan" | "ipvlan";

/** What is kept when the daemon ends. */
export interface NetworkDefinition {
  readonly id: string;
  readonly name: string;
  readonly createdNs: Ns;
  readonly driver: DriverName;
  readonly internal: boolean;
  readonly attachable: boolean;
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

export class Network {
  /** Of drivers with addresses. */
  pool: AddressPool | undefined;
  gateway: Ipv4 | undefined;
  /** The bridge's name, or the lower device's of macvlan. */
  device = "";
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

  option(name: string): string | undefined {
    return this.definition.options[name];
  }

  /** A boolean option such as com.docker.network.bridge.enable_icc. */
  flag(name: string, otherwise: boolean): boolean {
    const text = this.option(name);
    return text === undefined ? otherwise : ["true", "1", "t"].includes(text.toLowerCase());
  }

  get mtu(): number {
    return Number(this.option("com.docker.network.driver.mtu") ?? 1500) || 1500;
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
  /** Legacy links: alias → container name. */
  readonly links: Readonly<Record<string, string>>;
  /** Inside, such as eth0. */
  readonly device: string;
  /** The veth's end on the machine. */
  readonly hostDevice: string | undefined;
}
