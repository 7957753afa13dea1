/** The kinds of queueing disciplines; the kernel's list of struct Qdisc_ops. */
import type { Packet } from "../../net/packet.ts";
import { Fifo } from "./fifo.ts";
import { FqCodel } from "./fq-codel.ts";
import { Htb } from "./htb.ts";
import { Netem } from "./netem.ts";
import { Prio } from "./prio.ts";
import type { Qdisc, QdiscContext } from "./qdisc.ts";
import { TokenBucket } from "./token-bucket.ts";

type Create = (
  context: QdiscContext,
  handle: number,
  parent: number,
  output: (packet: Packet) => void,
) => Qdisc;

const KINDS: Readonly<Record<string, Create>> = {
  pfifo: (...base) => new Fifo("pfifo", ...base),
  bfifo: (...base) => new Fifo("bfifo", ...base),
  pfifo_fast: (...base) => new Fifo("pfifo_fast", ...base),
  fq_codel: (...base) => new FqCodel(...base),
  tbf: (...base) => new TokenBucket(...base),
  prio: (...base) => new Prio(...base),
  htb: (...base) => new Htb(...base),
  netem: (...base) => new Netem(...base),
};

export function findQdiscKind(name: string): Create | undefined {
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}
