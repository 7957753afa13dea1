/** Every target, one line each. */
import type { TargetDefinition } from "../xtables/extension.ts";
import { CONNMARK } from "./connmark.ts";
import { DSCP, TCPMSS, TOS, TTL } from "./header.ts";
import { LOG } from "./log.ts";
import { MARK } from "./mark.ts";
import { DNAT, MASQUERADE, REDIRECT, SNAT } from "./nat.ts";
import { NETMAP } from "./netmap.ts";
import { CT } from "./notrack.ts";
import { REJECT } from "./reject.ts";

export const TARGETS: readonly TargetDefinition<unknown>[] = [
  CONNMARK,
  CT,
  DNAT,
  DSCP,
  LOG,
  MARK,
  MASQUERADE,
  NETMAP,
  REDIRECT,
  REJECT,
  SNAT,
  TCPMSS,
  TOS,
  TTL,
];

/** Real targets that Podwire does not carry out; refused by name. */
export const UNMODELLED_TARGETS: ReadonlySet<string> = new Set([
  "AUDIT",
  "CHECKSUM",
  "CLASSIFY",
  "CLUSTERIP",
  "CONNSECMARK",
  "ECN",
  "HMARK",
  "IDLETIMER",
  "LED",
  "NFLOG",
  "NFQUEUE",
  "RATEEST",
  "SECMARK",
  "SET",
  "SYNPROXY",
  "TEE",
  "TPROXY",
  "TRACE",
  "ULOG",
]);
