/** `--subnet`, `--gateway` and the like, each gateway with the subnet that holds it. */
import { parseIpv4, parseIpv4Prefix, type Ipv4Prefix } from "../../../../net/address.ts";
import type { IpamConfig } from "../../../api/network.ts";
import { CliError } from "../../cli.ts";
import type { FlagValues } from "../../command.ts";
import { keyValues } from "../../run/environment.ts";

interface Subnet {
  readonly text: string;
  readonly prefix: Ipv4Prefix | undefined;
  range?: string;
  gateway?: string;
  auxiliary?: Record<string, string>;
}

const mask = (length: number) => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

function holds(subnet: Subnet, address: number | undefined): boolean {
  if (subnet.prefix === undefined || address === undefined) return false;
  const bits = mask(subnet.prefix.length);
  return (address & bits) >>> 0 === (subnet.prefix.address & bits) >>> 0;
}

function overlap(a: Subnet, b: Subnet): boolean {
  return holds(a, b.prefix?.address) || holds(b, a.prefix?.address);
}

/** Throws CliError. */
export function parseIpam(flags: FlagValues): readonly IpamConfig[] {
  const texts = flags.list("subnet").flatMap((text) => text.split(","));
  const ranges = flags.list("ip-range").flatMap((text) => text.split(","));
  const gateways = flags.list("gateway").flatMap((text) => text.split(","));
  if (texts.length < ranges.length || texts.length < gateways.length) {
    throw new CliError("every ip-range or gateway must have a corresponding subnet");
  }
  const subnets: Subnet[] = [];
  for (const text of texts) {
    const prefix = text.includes("/") ? parseIpv4Prefix(text) : undefined;
    const subnet: Subnet = { text, prefix };
    if (subnets.some((other) => overlap(subnet, other))) {
      throw new CliError("multiple overlapping subnet configuration is not supported");
    }
    subnets.push(subnet);
  }
  for (const range of ranges) {
    const subnet = matching(subnets, parseIpv4Prefix(range)?.address, `range ${range}`);
    if (subnet.range !== undefined) {
      throw new CliError(
        `cannot configure multiple ranges (${range}, ${subnet.range}) on the same subnet (${subnet.text})`,
      );
    }
    subnet.range = range;
  }
  for (const gateway of gateways) {
    const subnet = matching(subnets, parseIpv4(gateway), `gateway ${gateway}`);
    if (subnet.gateway !== undefined) {
      throw new CliError(
        `cannot configure multiple gateways (${gateway}, ${subnet.gateway}) for the same subnet (${subnet.text})`,
      );
    }
    subnet.gateway = gateway;
  }
  for (const [name, address] of Object.entries(keyValues(flags.list("aux-address")))) {
    const subnet = matching(subnets, parseIpv4(address), `aux-address ${address}`);
    (subnet.auxiliary ??= {})[name] = address;
  }
  return subnets.map(({ text, range, gateway, auxiliary }) => ({
    Subnet: text,
    ...(range !== undefined && { IPRange: range }),
    ...(gateway !== undefined && { Gateway: gateway }),
    ...(auxiliary !== undefined && { AuxiliaryAddresses: auxiliary }),
  }));
}

/** A subnet that is not one is left for the engine to refuse. */
function matching(subnets: readonly Subnet[], address: number | undefined, what: string): Subnet {
  const found = subnets.find((subnet) => holds(subnet, address));
  if (found === undefined) throw new CliError(`no matching subnet for ${what}`);
  return found;
}
