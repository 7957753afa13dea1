/** `--network` and what goes with it: how a container's endpoints are to be. */
import { parseMac } from "../../../net/address.ts";
import type { EndpointSettings } from "../../api/network.ts";
import { CliError } from "../cli.ts";
import type { FlagValues } from "../command.ts";
import type { CliVersion } from "../version.ts";
import { parseMount } from "./mounts.ts";

const KEYS = new Set([
  "name",
  "alias",
  "driver-opt",
  "gw-priority",
  "ip",
  "ip6",
  "link-local-ip",
  "mac-address",
]);

/** Why `--network` refuses a value; undefined: it is fine. */
export function networkProblem(text: string): string | undefined {
  if (!text.includes("=")) return undefined;
  const fields = parseMount(text);
  for (const [key, value] of fields) {
    if (value === undefined) return `invalid field '${key}' must be a key=value pair`;
    if (!KEYS.has(key)) return `invalid field key ${key}`;
  }
  if (!fields.has("name")) return "network name/id is not specified";
  return undefined;
}

export interface NetworkChoice {
  readonly mode: string;
  readonly endpoints: Readonly<Record<string, Partial<EndpointSettings>>>;
  /** Legacy links, which the host configuration has on the default bridge. */
  readonly links: readonly string[];
}

const isPredefined = (name: string) =>
  ["default", "bridge", "host", "none", ""].includes(name) || name.startsWith("container:");

export function parseNetworks(flags: FlagValues, version: CliVersion): NetworkChoice {
  const given = [...flags.list("network"), ...flags.list("net")];
  const names = given.map((text) =>
    text.includes("=") ? (parseMount(text).get("name") ?? "") : text,
  );
  const [mode = "default"] = names;
  checkNames(names);
  const endpoints: Record<string, Partial<EndpointSettings>> = {};
  given.forEach((text, i) => {
    const own = text.includes("=") ? endpointOf(parseMount(text)) : {};
    const shared = i === 0 ? sharedSettings(flags, mode, version) : {};
    const endpoint = { ...shared, ...own };
    if (Object.keys(endpoint).length > 0 || given.length > 1)
      endpoints[names[i] as string] = endpoint;
  });
  if (given.length === 0) {
    const shared = sharedSettings(flags, mode, version);
    if (Object.keys(shared).length > 0) endpoints[mode] = shared;
  }
  const links = isPredefined(mode) ? flags.list("link") : [];
  return { mode, endpoints, links };
}

function checkNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) {
      throw new CliError(`network "${name}" is specified multiple times`);
    }
  });
  if (names.length > 1 && names.some(isPredefined) && names.some((name) => !isPredefined(name))) {
    if (names.some((name) => name === "host" || name === "none" || name.startsWith("container:"))) {
      throw new CliError(
        "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
      );
    }
  }
}

function endpointOf(fields: ReadonlyMap<string, string | undefined>): Partial<EndpointSettings> {
  const ip = fields.get("ip");
  const alias = fields.get("alias");
  const mac = fields.get("mac-address");
  return {
    ...(alias !== undefined && { Aliases: [alias] }),
    ...(ip !== undefined && { IPAMConfig: { IPv4Address: ip } }),
    ...(mac !== undefined && { MacAddress: checkedMac(mac) }),
  };
}

function checkedMac(text: string): string {
  if (parseMac(text) === undefined) throw new CliError(`${text} is not a valid mac address`);
  return text;
}

/** What `--ip`, `--network-alias`, `--link` and the like say of the first network. */
function sharedSettings(
  flags: FlagValues,
  mode: string,
  version: CliVersion,
): Partial<EndpointSettings> {
  const aliases = [...flags.list("network-alias"), ...flags.list("net-alias")];
  if (aliases.length > 0 && isPredefined(mode) && version === "28") {
    throw new CliError("network-scoped aliases are only supported for user-defined networks");
  }
  const links = isPredefined(mode) ? [] : flags.list("link");
  const ip = flags.text("ip");
  const ip6 = flags.text("ip6");
  const local = flags.list("link-local-ip");
  const mac = flags.text("mac-address");
  const ipam = {
    ...(ip !== undefined && { IPv4Address: ip }),
    ...(ip6 !== undefined && { IPv6Address: ip6 }),
    ...(local.length > 0 && { LinkLocalIPs: local }),
  };
  return {
    ...(aliases.length > 0 && { Aliases: aliases }),
    ...(links.length > 0 && { Links: links }),
    ...(Object.keys(ipam).length > 0 && { IPAMConfig: ipam }),
    ...(mac !== undefined && { MacAddress: checkedMac(mac) }),
  };
}
