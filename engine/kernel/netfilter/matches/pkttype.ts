/** Whether the frame was for this machine alone. Linux net/netfilter/xt_pkttype.c. */
import { isMulticast, isGroupMac, MAC_BROADCAST } from "../../../net/address.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { not } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

const KINDS = ["unicast", "broadcast", "multicast"] as const;
type Kind = (typeof KINDS)[number];
const ALIASES: Readonly<Record<string, Kind>> = {
  host: "unicast",
  bcast: "broadcast",
  mcast: "multicast",
};

function kindOf({ packet, ip, netns }: HookContext): Kind {
  const destination = packet.ether?.dst;
  if (packet.iif === 0 || packet.iif === netns.loopback.ifindex || destination === undefined) {
    if (netns.fib.addressType(ip.dst) === "broadcast") return "broadcast";
    return isMulticast(ip.dst) ? "multicast" : "unicast";
  }
  if (destination === MAC_BROADCAST) return "broadcast";
  return isGroupMac(destination) ? "multicast" : "unicast";
}

export const pkttype = oneValueMatch<Kind>({
  name: "pkttype",
  summary: "unicast, broadcast or multicast",
  example: "-m pkttype --pkt-type broadcast",
  options: ["pkt-type"],
  parse: (value) =>
    KINDS.find((kind) => kind === value.toLowerCase()) ?? ALIASES[value.toLowerCase()],
  bad: (value) => `Bad packet type '${value}'`,
  save: (kind, negated) => `${not(negated)} --pkt-type ${kind}`,
  list: (kind, negated) => ` PKTTYPE ${negated ? "!= " : "= "}${kind}`,
  evaluate: (kind, context) => kindOf(context) === kind,
});
