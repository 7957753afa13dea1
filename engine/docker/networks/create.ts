/** What a request for a network has to satisfy, and what becomes of it. */
import {
  formatIpv4,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
  type Ipv4Prefix,
} from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { IpamConfig, NetworkCreate } from "../api/network.ts";
import type { Release } from "../daemon/release.ts";
import type { DriverName } from "./network.ts";

const DRIVERS: readonly DriverName[] = ["bridge", "host", "null", "macvlan", "ipvlan"];

/** Names that a network of the user's cannot have, and the driver it would have to be of. */
const PREDEFINED = ["bridge", "host", "none", "default"];

/** ApiError 400, 403, 404, 409, 501. */
export function checkNetworkRequest(
  body: NetworkCreate,
  release: Release,
  exists: (name: string) => boolean,
): DriverName {
  const { Name: name } = body;
  if (PREDEFINED.includes(name)) {
    throw new ApiError(403, `operation is not permitted on predefined ${name} network`);
  }
  if (name === "" && release === "28") throw new ApiError(400, "invalid name: name is empty");
  if (name === "" || exists(name))
    throw new ApiError(409, `network with name ${name} already exists`);
  const wanted = body.Driver === undefined || body.Driver === "" ? "bridge" : body.Driver;
  const driver = DRIVERS.find((known) => known === wanted);
  if (wanted === "overlay") {
    throw new ApiError(
      403,
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    );
  }
  if (!driver) throw new ApiError(404, `plugin "${wanted}" not found`);
  if (driver === "host" || driver === "null") {
    throw new ApiError(403, `only one instance of "${driver}" network is allowed`);
  }
  if (driver === "ipvlan")
    throw new ApiError(501, "Podwire does not model the network driver ipvlan");
  if (body.EnableIPv6) throw new ApiError(501, "Podwire does not model IPv6 networks");
  for (const config of body.IPAM?.Config ?? []) checkIpam(config, release);
  return driver;
}

function checkIpam(config: IpamConfig, release: Release): void {
  const { Subnet: subnet } = config;
  if (subnet === undefined || subnet === "") return;
  const parsed = parseSubnet(subnet);
  if (release === "20.10") {
    if (parsed) return;
    throw new ApiError(400, `Invalid subnet ${subnet} : invalid CIDR address: ${subnet}`);
  }
  const problems = parsed
    ? problemsOf(config, subnet, parsed)
    : [`invalid subnet ${subnet}: invalid CIDR block notation`];
  if (problems.length > 0) {
    throw new ApiError(400, `invalid network config:\n${joinProblems(problems)}`);
  }
}

/** Go's errors as 28 lists them: one bare, several with stars. */
export function joinProblems(problems: readonly string[]): string {
  return problems.length === 1
    ? (problems[0] as string)
    : problems.map((problem) => `* ${problem}`).join("\n");
}

function problemsOf(config: IpamConfig, text: string, subnet: Ipv4Prefix): string[] {
  const problems: string[] = [];
  const base = networkOf(subnet.address, subnet.length);
  const proper = `${formatIpv4(base)}/${subnet.length}`;
  if (base !== subnet.address) problems.push(`invalid subnet ${text}: it should be ${proper}`);
  const inside = (address: string): boolean | undefined => {
    const parsed = parseIpv4(address);
    return parsed === undefined ? undefined : networkOf(parsed, subnet.length) === base;
  };
  const { IPRange: range, Gateway: gateway, AuxiliaryAddresses: auxiliary } = config;
  if (range !== undefined && range !== "") {
    const parsed = parseSubnet(range);
    if (!parsed) problems.push(`invalid ip-range ${range}: invalid CIDR block notation`);
    else if (inside(formatIpv4(parsed.address)) !== true || parsed.length < subnet.length) {
      problems.push(`invalid ip-range ${range}: parent subnet ${text} doesn't contain ip-range`);
    }
  }
  for (const [kind, address] of [
    ["gateway", gateway],
    ...Object.entries(auxiliary ?? {}).map(([name, value]) => [`auxiliary address ${name}`, value]),
  ] as const) {
    if (address === undefined || address === "") continue;
    const isInside = inside(address);
    if (isInside === undefined) problems.push(`invalid ${kind} ${address}: invalid address`);
    else if (!isInside) {
      problems.push(
        `invalid ${kind} ${address}: parent subnet ${text} doesn't contain this address`,
      );
    }
  }
  return problems;
}

export function parseSubnet(text: string): Ipv4Prefix | undefined {
  return /^[\d.]+\/\d{1,2}$/.test(text) ? parseIpv4Prefix(text) : undefined;
}
