/** Every target, one line each. */
import type { TargetDefinition } from "../xtables/extension.ts";
import { CONNMARK } from "./connmark.ts";
import { CT } from "./ct.ts";
import { ECN } from "./ecn.ts";
import { DSCP, TCPMSS, TOS, TTL } from "./header.ts";
import { LOG } from "./log.ts";
import { MARK } from "./mark.ts";
import { DNAT, MASQUERADE, REDIRECT, SNAT } from "./nat.ts";
import { NETMAP } from "./netmap.ts";
import { REJECT } from "./reject.ts";
import { SET } from "./set.ts";
import { AUDIT, CHECKSUM, CLASSIFY } from "./side-effects.ts";
import { TCPOPTSTRIP } from "./tcpoptstrip.ts";
import { TEE } from "./tee.ts";
import { TPROXY } from "./tproxy.ts";
import { TRACE } from "./trace.ts";
import { NFLOG, NFQUEUE } from "./userspace.ts";

export const TARGETS: readonly TargetDefinition<unknown>[] = [
  AUDIT,
  CHECKSUM,
  CLASSIFY,
  CONNMARK,
  CT,
  DNAT,
  DSCP,
  ECN,
  LOG,
  MARK,
  MASQUERADE,
  NETMAP,
  NFLOG,
  NFQUEUE,
  REDIRECT,
  REJECT,
  SET,
  SNAT,
  TCPMSS,
  TCPOPTSTRIP,
  TEE,
  TOS,
  TPROXY,
  TRACE,
  TTL,
];

/** Real targets that Podwire does not carry out; refused by name. */
export const UNMODELLED_TARGETS: ReadonlySet<string> = new Set([
  "CLUSTERIP",
  "CONNSECMARK",
  "HMARK",
  "IDLETIMER",
  "LED",
  "RATEEST",
  "SECMARK",
  "SYNPROXY",
  "ULOG",
]);
