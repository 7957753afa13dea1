/** Names of numbers in /etc/iproute2. */

function table(entries: readonly (readonly [number, string])[]): string {
  return entries.map(([number, name]) => `${number}\t${name}\n`).join("");
}

export const RT_TABLES = table([
  [255, "local"],
  [254, "main"],
  [253, "default"],
  [0, "unspec"],
]);

export const RT_PROTOS = table([
  [0, "unspec"],
  [1, "redirect"],
  [2, "kernel"],
  [3, "boot"],
  [4, "static"],
  [8, "gated"],
  [9, "ra"],
  [10, "mrt"],
  [11, "zebra"],
  [12, "bird"],
  [13, "dnrouted"],
  [14, "xorp"],
  [15, "ntk"],
  [16, "dhcp"],
  [18, "keepalived"],
  [42, "babel"],
  [99, "openr"],
  [186, "bgp"],
  [187, "isis"],
  [188, "ospf"],
  [189, "rip"],
  [192, "eigrp"],
]);

export const RT_SCOPES = table([
  [0, "global"],
  [255, "nowhere"],
  [254, "host"],
  [253, "link"],
  [200, "site"],
]);

export const LINK_GROUPS = table([[0, "default"]]);
