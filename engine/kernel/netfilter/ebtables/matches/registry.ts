/** Every match for frames, one line each. */
import type { FrameMatch } from "../rule.ts";
import { arp } from "./arp.ts";
import { ip } from "./ip.ts";
import { log, nflog } from "./log.ts";
import { limit, mark, pkttype, vlan } from "./small.ts";

export const FRAME_MATCHES: readonly FrameMatch<unknown>[] = [
  arp,
  ip,
  limit,
  log,
  mark,
  nflog,
  pkttype,
  vlan,
];

/** Beginnings of the options of real matches that Podwire does not decide. */
export const UNMODELLED_FRAME_OPTIONS = ["802_3-", "among-", "ip6-", "ip-igmp", "stp-", "logical-"];
