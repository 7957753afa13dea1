/** The options of a bridge network as they are read: libnetwork drivers/bridge/bridge_linux.go, fromLabels(). */
import { parseIpv4, type Ipv4 } from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { Names } from "../api/container.ts";
import type { Release } from "../daemon/release.ts";

/** How a network's containers are reached from outside, and reach it; 28 only. */
export type GatewayMode = "nat" | "nat-unprotected" | "routed" | "isolated";

const GATEWAY_MODES: readonly GatewayMode[] = ["nat", "nat-unprotected", "routed", "isolated"];

export interface BridgeOptions {
  /** 0: the device's own. */
  readonly mtu: number;
  readonly interContainer: boolean;
  readonly masquerade: boolean;
  /** The bridge has no address of its own. */
  readonly inhibitIpv4: boolean;
  readonly gatewayMode: GatewayMode;
  /** Where ports are published when nothing is said: "" is every address. */
  readonly publishAddress: string;
  /** The address that connections to the outside come from. */
  readonly sourceAddress: Ipv4 | undefined;
  /** Interfaces from which containers may be reached by their own addresses; 28 only. */
  readonly trustedInterfaces: readonly string[];
}

const BRIDGE = "com.docker.network.bridge.";
export const BRIDGE_NAME_OPTION = `${BRIDGE}name`;
export const PUBLISH_ADDRESS_OPTION = `${BRIDGE}host_binding_ipv4`;
export const MASQUERADE_OPTION = `${BRIDGE}enable_ip_masquerade`;
export const INTER_CONTAINER_OPTION = `${BRIDGE}enable_icc`;
export const MTU_OPTION = "com.docker.network.driver.mtu";
/** eth: eth0, eth1 … */
export const INTERFACE_PREFIX_OPTION = "com.docker.network.container_iface_prefix";
export const GATEWAY_MODE_OPTION = `${BRIDGE}gateway_mode_ipv4`;
const SOURCE_OPTION = "com.docker.network.host_ipv4";
export const ENABLE_IPV4_OPTION = "com.docker.network.enable_ipv4";
export const ENABLE_IPV6_OPTION = "com.docker.network.enable_ipv6";

/** strconv.ParseBool() */
export function parseGoBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}

export const DEFAULT_BRIDGE_OPTIONS: BridgeOptions = {
  mtu: 0,
  interContainer: true,
  masquerade: true,
  inhibitIpv4: false,
  gatewayMode: "nat",
  publishAddress: "",
  sourceAddress: undefined,
  trustedInterfaces: [],
};

/** ApiError 400. */
export function readBridgeOptions(options: Names, release: Release): BridgeOptions {
  const isNew = release === "28";
  const refuse = (name: string, value: string, why: string): never => {
    throw new ApiError(400, `failed to parse ${name} value: ${value} (${why})`);
  };
  const flag = (name: string, otherwise: boolean): boolean => {
    const text = options[name];
    if (text === undefined) return otherwise;
    const parsed = parseGoBool(text);
    return parsed ?? refuse(name, text, `strconv.ParseBool: parsing "${text}": invalid syntax`);
  };
  const address = (name: string): Ipv4 | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    return parseIpv4(text) ?? refuse(name, text, "nil ip");
  };
  const number = (name: string): number => {
    const text = options[name] ?? "0";
    return /^[+-]?\d+$/.test(text)
      ? Number(text)
      : refuse(name, text, `strconv.Atoi: parsing "${text}": invalid syntax`);
  };
  const gatewayMode = (name: string): GatewayMode => {
    const text = isNew ? (options[name] ?? "nat") : "nat";
    const found = GATEWAY_MODES.find((mode) => mode === text);
    return found ?? refuse(name, text, `unknown gateway mode ${text}`);
  };
  address(PUBLISH_ADDRESS_OPTION);
  gatewayMode(`${BRIDGE}gateway_mode_ipv6`);
  const mtu = number(MTU_OPTION);
  if (mtu < 0) throw new ApiError(400, `invalid MTU number: ${mtu}`);
  if (!isNew) flag(ENABLE_IPV6_OPTION, false);
  return {
    mtu,
    interContainer: flag(INTER_CONTAINER_OPTION, true),
    masquerade: flag(MASQUERADE_OPTION, true),
    inhibitIpv4: flag(`${BRIDGE}inhibit_ipv4`, false),
    gatewayMode: gatewayMode(GATEWAY_MODE_OPTION),
    publishAddress: options[PUBLISH_ADDRESS_OPTION] ?? "",
    sourceAddress: address(SOURCE_OPTION),
    trustedInterfaces: isNew
      ? (options[`${BRIDGE}trusted_host_interfaces`] ?? "").split(":").filter(Boolean)
      : [],
  };
}
