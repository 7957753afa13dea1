/** The subnets of a network, taken from what the machine's networks share: libnetwork network.go, ipamAllocate(). */
import { networkOf, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { IpamConfig } from "../api/network.ts";
import type { Release } from "../daemon/release.ts";
import { GATEWAY_MODE_OPTION } from "./driver-options.ts";
import { parseSubnet } from "./ipam-config.ts";
import type { AddressPool, AddressSpace } from "./ipam.ts";
import type { AddressBlock, NetworkDefinition } from "./network.ts";

/** ApiError: nothing is taken then. */
export function allocateBlock(
  space: AddressSpace,
  config: IpamConfig,
  withoutGateway: boolean,
): AddressBlock {
  const subnet = config.Subnet ? parseSubnet(config.Subnet) : undefined;
  const range = config.IPRange ? parseSubnet(config.IPRange) : undefined;
  const pool = subnet
    ? space.request(
        { address: networkOf(subnet.address, subnet.length), length: subnet.length },
        range,
      )
    : space.requestPredefined();
  try {
    const gateway = takeGateway(pool, config, withoutGateway);
    for (const [name, text] of Object.entries(config.AuxiliaryAddresses ?? {})) {
      const address = parseIpv4(text);
      if (address === undefined || typeof pool.allocate(address) === "number") continue;
      throw new ApiError(
        403,
        `failed to allocate secondary ip address (${name}:${text}): Address already in use`,
      );
    }
    return { pool, gateway };
  } catch (error) {
    space.releasePool(pool);
    throw error;
  }
}

function takeGateway(
  pool: AddressPool,
  { Gateway: text }: IpamConfig,
  withoutGateway: boolean,
): Ipv4 | undefined {
  const wanted = text ? parseIpv4(text) : undefined;
  if (wanted === undefined && withoutGateway) return undefined;
  const gateway = pool.allocate(wanted);
  if (typeof gateway === "number") return gateway;
  if (wanted !== undefined) return wanted;
  throw new ApiError(400, "failed to allocate gateway (): No available addresses on this pool");
}

/** Where nothing leads out, 28 keeps no address for a gateway. */
export function skipsGateway(definition: NetworkDefinition, release: Release): boolean {
  if (release !== "28") return false;
  const { driver, internal, options } = definition;
  if (driver === "bridge") return internal && options[GATEWAY_MODE_OPTION] === "isolated";
  return internal;
}
