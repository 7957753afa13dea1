import { formatIpv4, formatMac } from "../../net/address.ts";
import type { IpamConfig, NetworkContainer, NetworkInspect } from "../api/network.ts";
import type { Clock } from "../daemon/instant.ts";
import type { Release } from "../daemon/release.ts";
import type { Endpoint, Network } from "./network.ts";

/** GET /networks/ID, its keys in the release's order. */
export function inspectNetwork(
  network: Network,
  ipamConfig: readonly IpamConfig[] | null,
  release: Release,
  clock: Clock,
  withContainers: boolean,
): NetworkInspect {
  const { definition } = network;
  const hasAddresses = network.pool !== undefined || definition.ipamConfig !== null;
  const containers: Record<string, NetworkContainer> = {};
  if (withContainers) {
    // Go prints the keys of a map in order.
    for (const id of [...network.endpoints.keys()].sort()) {
      containers[id] = describe(network.endpoints.get(id) as Endpoint);
    }
  }
  return {
    Name: definition.name,
    Id: definition.id,
    Created: clock.rfc3339Nano(definition.createdNs),
    Scope: "local",
    Driver: definition.driver,
    ...(release === "28" ? { EnableIPv4: true } : {}),
    EnableIPv6: false,
    IPAM: {
      Driver: definition.ipamDriver,
      Options: definition.ipamOptions,
      Config: hasAddresses ? ipamConfig : release === "28" ? null : [],
    },
    Internal: definition.internal,
    Attachable: definition.attachable,
    Ingress: false,
    ConfigFrom: { Network: definition.configFrom },
    ConfigOnly: definition.configOnly,
    Containers: containers,
    Options: sorted(definition.options),
    Labels: sorted(definition.labels),
  };
}

function describe(endpoint: Endpoint): NetworkContainer {
  const { address, mac, prefixLength } = endpoint;
  return {
    Name: endpoint.containerName(),
    EndpointID: endpoint.id,
    MacAddress: mac === undefined ? "" : formatMac(mac),
    IPv4Address: address === undefined ? "" : `${formatIpv4(address)}/${prefixLength}`,
    IPv6Address: "",
  };
}

/** Go prints the keys of a map in order. */
export function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
