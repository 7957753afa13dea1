/** `bridge vlan`: only as long as there is nothing to show. */
import { type Args, Exit, matches, notModelled } from "../support/args.ts";
import type { Context } from "../support/context.ts";

const USAGE = `Usage: bridge vlan { add | del } vid VLAN_ID dev DEV [ tunnel_info id TUNNEL_ID ]
                                                     [ pvid ] [ untagged ]
                                                     [ self ] [ master ]
       bridge vlan { set } vid VLAN_ID dev DEV [ state STP_STATE ]
                                               [ mcast_router MULTICAST_ROUTER ]
       bridge vlan { show } [ dev DEV ] [ vid VLAN_ID ]
       bridge vlan { tunnelshow } [ dev DEV ] [ vid VLAN_ID ]
       bridge vlan global { set } vid VLAN_ID dev DEV
                      [ mcast_snooping MULTICAST_SNOOPING ]
                      [ mcast_querier MULTICAST_QUERIER ]
                      [ mcast_igmp_version IGMP_VERSION ]
                      [ mcast_mld_version MLD_VERSION ]
                      [ mcast_last_member_count LAST_MEMBER_COUNT ]
                      [ mcast_last_member_interval LAST_MEMBER_INTERVAL ]
                      [ mcast_startup_query_count STARTUP_QUERY_COUNT ]
                      [ mcast_startup_query_interval STARTUP_QUERY_INTERVAL ]
                      [ mcast_membership_interval MEMBERSHIP_INTERVAL ]
                      [ mcast_querier_interval QUERIER_INTERVAL ]
                      [ mcast_query_interval QUERY_INTERVAL ]
                      [ mcast_query_response_interval QUERY_RESPONSE_INTERVAL ]
       bridge vlan global { show } [ dev DEV ] [ vid VLAN_ID ]
`;

export function vlan(context: Context, args: Args): string {
  const command = args.done ? "show" : args.take();
  if (matches(command, "help")) throw new Exit(255, USAGE);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    const hasBridge = context.kernel.links().some((link) => link.data.kind === "bridge");
    if (hasBridge) throw notModelled("bridge", "the VLANs of bridge ports");
    return context.options.json ? "[]\n" : "port              vlan-id  \n";
  }
  if (matches(command, "add", "delete", "set", "tunnelshow", "global")) {
    throw notModelled("bridge", "the VLANs of bridge ports");
  }
  throw new Exit(255, `Command "${command}" is unknown, try "bridge vlan help".\n`);
}
