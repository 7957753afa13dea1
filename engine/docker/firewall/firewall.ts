/** What the bridge driver asks of the packet filter; each release has its own rules. */
import type { Ipv4 } from "../../net/address.ts";
import type { GatewayMode } from "../networks/driver-options.ts";

export interface FilteredNetwork {
  readonly bridge: string;
  /** `172.17.0.0/16` */
  readonly subnet: string;
  readonly internal: boolean;
  /** enable_ip_masquerade */
  readonly masquerade: boolean;
  /** enable_icc */
  readonly interContainer: boolean;
  readonly gatewayMode: GatewayMode;
  /** host_ipv4: instead of the address of the interface that a packet leaves by. */
  readonly sourceAddress: Ipv4 | undefined;
  /** trusted_host_interfaces */
  readonly trustedInterfaces: readonly string[];
}

export interface PublishedPort {
  readonly protocol: string;
  /** 0.0.0.0: every address. */
  readonly hostIp: Ipv4;
  readonly hostPort: number;
  readonly containerIp: Ipv4;
  readonly containerPort: number;
}

export interface Firewall {
  /** The chains that all networks share. */
  start(): void;
  addNetwork(network: FilteredNetwork): void;
  removeNetwork(network: FilteredNetwork): void;
  /** A container joined a network, or left it. */
  addEndpoint(network: FilteredNetwork, address: Ipv4): void;
  removeEndpoint(network: FilteredNetwork, address: Ipv4): void;
  publish(network: FilteredNetwork, port: PublishedPort): void;
  unpublish(network: FilteredNetwork, port: PublishedPort): void;
}

/** `--iptables=false` */
export const NO_FIREWALL: Firewall = {
  start: () => {},
  addNetwork: () => {},
  removeNetwork: () => {},
  addEndpoint: () => {},
  removeEndpoint: () => {},
  publish: () => {},
  unpublish: () => {},
};
