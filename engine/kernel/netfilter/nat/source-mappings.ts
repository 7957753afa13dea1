/** What each client's address and port became. Linux nf_nat_bysource in net/netfilter/nf_nat_core.c. */
import type { Conntrack } from "../conntrack/conntrack.ts";
import type { ConntrackEntry } from "../conntrack/entry.ts";
import { invertTuple, type Tuple } from "../conntrack/tuple.ts";

const keyOf = ({ src, srcPort, protocol }: Tuple): number =>
  src * 2 ** 21 + srcPort * 32 + (protocol & 31);

export class SourceMappings {
  private readonly flows = new Map<number, Set<ConntrackEntry>>();

  constructor(conntrack: Conntrack) {
    conntrack.listeners.add((event, entry) => {
      if (!entry.sourceTranslated || event === "update") return;
      if (event === "new") this.add(entry);
      else this.delete(entry);
    });
  }

  /** The tuple with the first acceptable source that another flow of its client has. */
  find(tuple: Tuple, accepts: (candidate: Tuple) => boolean): Tuple | undefined {
    for (const { tuple: own, reply } of this.flows.get(keyOf(tuple)) ?? []) {
      const mapped = own.protocol === tuple.protocol && invertTuple(reply);
      const candidate = mapped && { ...tuple, src: mapped.src, srcPort: mapped.srcPort };
      if (candidate && accepts(candidate)) return candidate;
    }
    return undefined;
  }

  private add(entry: ConntrackEntry): void {
    const key = keyOf(entry.tuple);
    const flows = this.flows.get(key);
    if (flows) flows.add(entry);
    else this.flows.set(key, new Set([entry]));
  }

  private delete(entry: ConntrackEntry): void {
    const key = keyOf(entry.tuple);
    const flows = this.flows.get(key);
    flows?.delete(entry);
    if (flows?.size === 0) this.flows.delete(key);
  }
}
