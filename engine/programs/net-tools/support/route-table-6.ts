/** The table that `route -6` and `netstat -r6` print, from the same data as /proc/net/ipv6_route. */
import type { Sys } from "../../../kernel/process/sys.ts";
import { TABLE_LOCAL, TABLE_MAIN, type Route6Message } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv6 } from "../../../net/ipv6.ts";

const HEADING =
  "Kernel IPv6 routing table\n" +
  "Destination                    Next Hop                   Flag Met Ref  Use If\n";

/** The route of each table that refuses what no other one takes. */
const NULL_ENTRY = "!n   -1  1      0 lo\n";

export function route6Table(sys: Sys, numeric: boolean): string {
  const any = numeric ? "::" : "[::]";
  const start = (prefix: string, address: string): string =>
    `${`${address}${prefix}`.padEnd(30)} ${any.padEnd(26)} `;
  const line = (route: Route6Message): string => {
    const flags = route.type === "local" ? "Un" : "U";
    const references = route.type === "multicast" ? 3 : 2;
    const device = sys.rtnetlink.link(route.ifindex)?.name ?? "*";
    return (
      start(`/${route.prefixLength}`, formatIpv6(route.destination)) +
      `${flags.padEnd(4)} ${String(route.metric).padEnd(3)} ${references}      0 ${device}\n`
    );
  };
  const routes = sys.rtnetlink.routes6();
  const tables = [TABLE_MAIN, TABLE_LOCAL].map(
    (id) =>
      routes
        .filter(({ table }) => table === id)
        .map(line)
        .join("") +
      start("/0", any) +
      NULL_ENTRY,
  );
  return HEADING + tables.join("");
}
