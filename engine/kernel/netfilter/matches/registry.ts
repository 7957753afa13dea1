/** Every match, one line each. */
import type { MatchDefinition } from "../xtables/extension.ts";
import { addrtype } from "./addrtype.ts";
import { comment } from "./comment.ts";
import { connlimit } from "./connlimit.ts";
import { conntrack } from "./conntrack.ts";
import { dscp } from "./dscp.ts";
import { hashlimit } from "./hashlimit.ts";
import { icmp } from "./icmp.ts";
import { iprange } from "./iprange.ts";
import { length } from "./length.ts";
import { limit } from "./limit.ts";
import { mac } from "./mac.ts";
import { connmark, mark } from "./mark.ts";
import { multiport } from "./multiport.ts";
import { owner } from "./owner.ts";
import { physdev } from "./physdev.ts";
import { pkttype } from "./pkttype.ts";
import { quota } from "./quota.ts";
import { recent } from "./recent.ts";
import { set } from "./set.ts";
import { state } from "./state.ts";
import { statistic } from "./statistic.ts";
import { string } from "./string.ts";
import { tcp } from "./tcp.ts";
import { tos } from "./tos.ts";
import { ttl } from "./ttl.ts";
import { u32 } from "./u32.ts";
import { udp } from "./udp.ts";

export const MATCHES: readonly MatchDefinition<unknown>[] = [
  addrtype,
  comment,
  connlimit,
  connmark,
  conntrack,
  dscp,
  hashlimit,
  icmp,
  iprange,
  length,
  limit,
  mac,
  mark,
  multiport,
  owner,
  physdev,
  pkttype,
  quota,
  recent,
  set,
  state,
  statistic,
  string,
  tcp,
  tos,
  ttl,
  u32,
  udp,
];

/** Real matches that Podwire does not decide; refused by name. */
export const UNMODELLED_MATCHES: ReadonlySet<string> = new Set([
  "ah",
  "bpf",
  "cgroup",
  "cluster",
  "connbytes",
  "connlabel",
  "cpu",
  "dccp",
  "devgroup",
  "ecn",
  "esp",
  "helper",
  "ipvs",
  "nfacct",
  "osf",
  "policy",
  "rateest",
  "realm",
  "rpfilter",
  "sctp",
  "socket",
  "tcpmss",
  "time",
]);
