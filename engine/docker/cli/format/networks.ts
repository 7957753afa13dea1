/** What `docker network ls` shows of a network. */
import type { NetworkInspect } from "../../api/network.ts";
import type { CliVersion } from "../version.ts";
import { joinLabels, shortId, type ListContext } from "./formatter.ts";

export const NETWORK_TABLE = "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";

export function networkContext(
  truncate: boolean,
  version: CliVersion,
): ListContext<NetworkInspect> {
  const recent = version === "28";
  return {
    name: "networkContext",
    headers: {
      ID: "NETWORK ID",
      Name: "NAME",
      Driver: "DRIVER",
      Scope: "SCOPE",
      ...(recent && { IPv4: "IPV4" }),
      IPv6: "IPV6",
      Internal: "INTERNAL",
      Labels: "LABELS",
      CreatedAt: "CREATED AT",
    },
    fields: {
      ID: (item) => (truncate ? shortId(item.Id) : item.Id),
      Name: (item) => item.Name,
      Driver: (item) => item.Driver,
      Scope: (item) => item.Scope,
      ...(recent && { IPv4: (item: NetworkInspect) => String(item.EnableIPv4 ?? false) }),
      IPv6: (item) => String(item.EnableIPv6),
      Internal: (item) => String(item.Internal),
      Labels: (item) => joinLabels(item.Labels),
      CreatedAt: (item) => item.Created.replace("T", " ").replace(/Z$/, " +0000 UTC"),
    },
    functions: { Label: (item, name) => item.Labels[name] ?? "" },
  };
}
