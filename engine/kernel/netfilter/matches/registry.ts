/** Every match, one line each. */
import type { MatchDefinition } from "../xtables/extension.ts";
import { addrtype } from "./addrtype.ts";
import { cgroup } from "./cgroup.ts";
import { comment } from "./comment.ts";
import { connbytes } from "./connbytes.ts";
import { connlimit } from "./connlimit.ts";
import { conntrack } from "./conntrack.ts";
import { cpu } from "./cpu.ts";
import { dccp } from "./dccp.ts";
import { devgroup } from "./devgroup.ts";
import { dscp } from "./dscp.ts";
import { ecn } from "./ecn.ts";
import { hashlimit } from "./hashlimit.ts";
import { helper } from "./helper.ts";
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
import { policy } from "./policy.ts";
import { quota } from "./quota.ts";
import { realm } from "./realm.ts";
import { recent } from "./recent.ts";
import { rpfilter } from "./rpfilter.ts";
import { sctp } from "./sctp.ts";
import { set } from "./set.ts";
import { ah, esp, ipcomp } from "./spi.ts";
import { state } from "./state.ts";
import { statistic } from "./statistic.ts";
import { string } from "./string.ts";
import { tcp } from "./tcp.ts";
import { tcpmss } from "./tcpmss.ts";
import { time } from "./time.ts";
import { tos } from "./tos.ts";
import { ttl } from "./ttl.ts";
import { u32 } from "./u32.ts";
import { udp } from "./udp.ts";

export const MATCHES: readonly MatchDefinition<unknown>[] = [
  addrtype,
  ah,
  cgroup,
  comment,
  connbytes,
  connlimit,
  connmark,
  conntrack,
  cpu,
  dccp,
  devgroup,
  dscp,
  ecn,
  esp,
  hashlimit,
  helper,
  icmp,
  ipcomp,
  iprange,
  length,
  limit,
  mac,
  mark,
  multiport,
  owner,
  physdev,
  pkttype,
  policy,
  quota,
  realm,
  recent,
  rpfilter,
  sctp,
  set,
  state,
  statistic,
  string,
  tcp,
  tcpmss,
  time,
  tos,
  ttl,
  u32,
  udp,
];

/** Real matches that Podwire does not decide; refused by name. */
export const UNMODELLED_MATCHES: ReadonlySet<string> = new Set([
  "bpf",
  "cluster",
  "connlabel",
  "ipvs",
  "nfacct",
  "osf",
  "rateest",
  "socket",
]);
