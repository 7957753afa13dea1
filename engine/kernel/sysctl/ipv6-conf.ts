/**
 * net.ipv6.conf.{all,default,DEV}. IPv6 itself is not modelled: the values are kept, and
 * `disable_ipv6` decides whether a device shows a link-local address.
 */
import type { NetNamespace } from "../netns.ts";
import type { SysctlDirectory } from "../sysctl.ts";
import { parseInteger } from "./parse.ts";

/** Defaults of Linux 6.18, net/ipv6/addrconf.c. */
const INITIAL: Readonly<Record<string, number>> = {
  accept_dad: 1,
  accept_ra: 1,
  accept_ra_defrtr: 1,
  accept_ra_from_local: 0,
  accept_ra_min_hop_limit: 1,
  accept_ra_mtu: 1,
  accept_ra_pinfo: 1,
  accept_redirects: 1,
  accept_source_route: 0,
  addr_gen_mode: 0,
  autoconf: 1,
  dad_transmits: 1,
  disable_ipv6: 0,
  disable_policy: 0,
  forwarding: 0,
  hop_limit: 64,
  ignore_routes_with_linkdown: 0,
  keep_addr_on_down: 0,
  max_addresses: 16,
  mtu: 1280,
  proxy_ndp: 0,
  router_solicitations: -1,
  use_tempaddr: 0,
};

export function ipv6ConfDirectory(netns: NetNamespace): SysctlDirectory {
  const names = Object.keys(INITIAL);
  return {
    path: "ipv6/conf",
    directories: () => ["all", "default", ...netns.devices().map(({ name }) => name)],
    files: () => names,
    file: (directory, name) => {
      const known = directory === "all" || directory === "default";
      if (!(name in INITIAL) || (!known && !netns.deviceByName(directory))) return undefined;
      return {
        read: () => String(netns.ipv6.setting(directory, name) ?? INITIAL[name]),
        write: (text) => netns.ipv6.set(directory, name, parseInteger(text)),
      };
    },
  };
}
