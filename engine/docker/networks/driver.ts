import type { Ipv4, Mac } from "../../net/address.ts";
import type { Names } from "../api/container.ts";
import type { Network } from "./network.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a new interface in a sandbox is to be. */
export interface Joining {
  readonly network: Network;
  readonly sandbox: Sandbox;
  /** eth0 … */
  readonly device: string;
  readonly mac: Mac | undefined;
  readonly address: Ipv4 | undefined;
  /** `net.ipv4.conf.IFNAME.…` → value, set on the new interface; 28 only. */
  readonly sysctls: Names;
}

export interface Joined {
  readonly mac: Mac | undefined;
  /** The end on the machine. */
  readonly hostDevice: string | undefined;
}

export interface NetworkDriver {
  /** Makes the network's devices and rules, or takes over what is left of them. ApiError. */
  create(network: Network): void;
  remove(network: Network): void;
  join(joining: Joining): Joined;
  leave(network: Network, sandbox: Sandbox, device: string, address: Ipv4 | undefined): void;
}

/** The networks `host` and `none`: nothing is made. */
export const NO_INTERFACES: NetworkDriver = {
  create: () => {},
  remove: () => {},
  join: () => ({ mac: undefined, hostDevice: undefined }),
  leave: () => {},
};
