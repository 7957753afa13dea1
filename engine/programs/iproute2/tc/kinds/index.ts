import type { QdiscKind } from "../kind.ts";
import { bfifo, pfifo, pfifoFast } from "./fifo.ts";
import { fqCodel } from "./fq-codel.ts";
import { htb } from "./htb.ts";
import { netem } from "./netem.ts";
import { prio } from "./prio.ts";
import { tbf } from "./tbf.ts";

export const QDISC_KINDS: readonly QdiscKind[] = [
  bfifo,
  fqCodel,
  htb,
  netem,
  pfifo,
  pfifoFast,
  prio,
  tbf,
];

/** Disciplines of Debian's kernel that Podwire has not. */
export const UNMODELLED_KINDS =
  "cake cbq cbs choke codel drr etf ets fq fq_pie gred hfsc hhf mq mqprio multiq pfifo_head_drop pie plug qfq red sfb sfq skbprio taprio teql0".split(
    " ",
  );
