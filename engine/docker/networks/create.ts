/** What a request for a network has to satisfy, and the settings that it gives. */
import { ApiError } from "../api/errors.ts";
import type { NetworkCreate } from "../api/network.ts";
import type { Release } from "../daemon/release.ts";
import { ENABLE_IPV4_OPTION, ENABLE_IPV6_OPTION, parseGoBool } from "./driver-options.ts";
import { checkIpamConfig } from "./ipam-config.ts";
import type { DriverName, Network, NetworkDefinition } from "./network.ts";

const DRIVERS: readonly DriverName[] = ["bridge", "host", "null", "macvlan"];

/** Names that a network of the user's cannot have, and the driver it would have to be of. */
const PREDEFINED = ["bridge", "host", "none", "default"];

const NOT_A_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

type Settings = Pick<
  NetworkDefinition,
  "driver" | "internal" | "options" | "labels" | "ipamDriver" | "ipamOptions" | "ipamConfig"
>;

/** ApiError 400, 403, 404, 409, 501. */
export function settingsOf(
  body: NetworkCreate,
  release: Release,
  find: (name: string) => Network | undefined,
): Settings {
  checkName(body.Name, release, find);
  for (const config of body.IPAM?.Config ?? []) checkIpamConfig(config, release);
  checkScope(body, release);
  if (body.ConfigOnly) checkConfigOnly(body);
  const asked: Settings = {
    driver: body.ConfigOnly ? "null" : driverOf(body),
    internal: body.Internal === true,
    options: body.Options ?? {},
    labels: body.Labels ?? {},
    ipamDriver: body.IPAM?.Driver || "default",
    ipamOptions: body.IPAM?.Options ?? {},
    ipamConfig: body.IPAM?.Config?.length ? body.IPAM.Config : null,
  };
  if (body.ConfigOnly) return asked;
  const settings = body.ConfigFrom?.Network
    ? { ...asked, ...copied(asked, body.ConfigFrom.Network, find) }
    : asked;
  checkFamilies(body, release);
  checkIpamDriver(settings);
  return settings;
}

function checkName(
  name: string,
  release: Release,
  find: (name: string) => Network | undefined,
): void {
  if (PREDEFINED.includes(name)) {
    throw new ApiError(403, `operation is not permitted on predefined ${name} network`);
  }
  if (name === "" && release === "28") throw new ApiError(400, "invalid name: name is empty");
  if (name === "" || find(name))
    throw new ApiError(409, `network with name ${name} already exists`);
}

function driverOf(body: NetworkCreate): DriverName {
  const wanted = body.Driver === undefined || body.Driver === "" ? "bridge" : body.Driver;
  if (wanted === "overlay") throw new ApiError(403, NOT_A_MANAGER);
  if (wanted === "ipvlan") {
    throw new ApiError(501, "Podwire does not model the network driver ipvlan");
  }
  const driver = DRIVERS.find((known) => known === wanted);
  if (!driver) throw new ApiError(404, `plugin "${wanted}" not found`);
  if (driver === "host" || driver === "null") {
    throw new ApiError(403, `only one instance of "${driver}" network is allowed`);
  }
  return driver;
}

function checkScope(
  { Scope: scope, Ingress: ingress, ConfigOnly }: NetworkCreate,
  release: Release,
) {
  if (ConfigOnly) return;
  if (scope === "swarm") {
    throw new ApiError(403, "cannot create a swarm scoped network when swarm is not active");
  }
  if (scope && scope !== "local") {
    if (release === "20.10") throw new ApiError(403, NOT_A_MANAGER);
    throw new ApiError(501, `Podwire does not model networks of the scope ${scope}`);
  }
  if (ingress) throw new ApiError(403, "Ingress network can only be global scope network");
}

function checkConfigOnly(body: NetworkCreate): void {
  if (body.ConfigFrom?.Network) {
    throw new ApiError(
      403,
      "a configuration network cannot depend on another configuration network",
    );
  }
  if (body.Ingress || body.Internal || body.Attachable || body.Scope) {
    throw new ApiError(
      403,
      "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.",
    );
  }
}

/** `--config-from` */
function copied(
  asked: Settings,
  name: string,
  find: (name: string) => Network | undefined,
): Omit<Settings, "driver" | "internal"> {
  const source = find(name)?.definition;
  if (!source?.configOnly) {
    throw new ApiError(403, `configuration network "${name}" does not exist`);
  }
  if (asked.ipamConfig !== null || Object.keys(asked.labels).length > 0) {
    throw new ApiError(
      403,
      "user specified configurations are not supported if the network depends on a configuration network",
    );
  }
  if (Object.keys(asked.options).length > 0) {
    throw new ApiError(
      403,
      "network driver options are not supported if the network depends on a configuration network",
    );
  }
  const { options, labels, ipamDriver, ipamOptions, ipamConfig } = source;
  return { options, labels, ipamDriver, ipamOptions, ipamConfig };
}

/** IPv4 there must be; IPv6 is not modelled. */
function checkFamilies(body: NetworkCreate, release: Release): void {
  const isNew = release === "28";
  const option = (name: string): boolean | undefined => {
    const text = body.Options?.[name];
    if (text === undefined) return undefined;
    const parsed = parseGoBool(text);
    if (parsed === undefined && isNew) {
      throw new ApiError(400, `driver-opt "${name}" is not a valid bool`);
    }
    return parsed;
  };
  const ipv4 = isNew ? (option(ENABLE_IPV4_OPTION) ?? body.EnableIPv4) : true;
  const ipv6 = option(ENABLE_IPV6_OPTION) ?? body.EnableIPv6;
  if (ipv6) throw new ApiError(501, "Podwire does not model IPv6 networks");
  if (ipv4 === false) throw new ApiError(400, "IPv4 or IPv6 must be enabled");
}

function checkIpamDriver({ ipamDriver: driver, ipamConfig }: Settings): void {
  if (driver === "default") return;
  if (driver !== "null") throw new ApiError(404, `plugin "${driver}" not found`);
  throw ipamConfig === null
    ? new ApiError(400, "ipv4 pool is empty")
    : new ApiError(400, "null ipam driver does not handle specific address pool requests");
}
