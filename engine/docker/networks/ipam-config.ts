/** Subnets, ranges, gateways and reserved addresses as a user writes them: daemon/network, ValidateIPAM(). */
import {
  formatIpv4,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
  type Ipv4Prefix,
} from "../../net/address.ts";
import { ApiError } from "../api/errors.ts";
import type { IpamConfig } from "../api/network.ts";
import type { Release } from "../daemon/release.ts";

/** ApiError 400. */
export function checkIpamConfig(config: IpamConfig, release: Release): void {
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
