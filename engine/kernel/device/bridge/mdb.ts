/**
 * A bridge's multicast database: which ports want which group. Linux net/bridge/br_mdb.c. Groups
 * are joined by hand. They limit no flooding: Linux floods them too while it hears no querier.
 */
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import { KernelError } from "../../errno.ts";
import type { MdbMessage, MdbRequest } from "../../rtnetlink/messages.ts";
import type { Bridge } from "./bridge.ts";

/** How long a membership lasts that nobody renews. RFC 3376 §8.4. */
const MEMBERSHIP_NS: Ns = 260 * SECOND;

interface MdbEntry {
  readonly group: MdbRequest["group"];
  readonly vlan: number;
  /** Index of the port, or of the bridge itself. */
  readonly ifindex: number;
  readonly permanent: boolean;
  readonly expires: SimEvent | undefined;
}

export class Mdb {
  /** By group, the latest first; in a group by port. */
  private entries: MdbEntry[] = [];

  constructor(private readonly bridge: Bridge) {}

  add(request: MdbRequest, ifindex: number): void {
    const { group, vlan = 0, permanent } = request;
    if (this.find(request, ifindex)) {
      throw new KernelError("EEXIST", "bridge: (*, G) group is already joined by port");
    }
    const { sim } = this.bridge;
    const entry: MdbEntry = {
      group,
      vlan,
      ifindex,
      permanent,
      expires: permanent ? undefined : sim.schedule(MEMBERSHIP_NS, () => this.remove(entry)),
    };
    const first = this.entries.findIndex((other) => isSameGroup(other, entry));
    this.entries.splice(Math.max(0, first), 0, entry);
    if (first >= 0) this.sortGroup(entry);
  }

  /** The ports of a group are listed by address of their structures; by index comes closest. */
  private sortGroup(entry: MdbEntry): void {
    const members = this.entries.filter((other) => isSameGroup(other, entry));
    const at = this.entries.findIndex((other) => isSameGroup(other, entry));
    this.entries = this.entries.filter((other) => !members.includes(other));
    members.sort((one, other) => one.ifindex - other.ifindex);
    this.entries.splice(at, 0, ...members);
  }

  /** EINVAL. */
  delete(request: MdbRequest, ifindex: number): void {
    const entry = this.find(request, ifindex);
    if (!entry) throw new KernelError("EINVAL");
    this.remove(entry);
  }

  removePort(ifindex: number): void {
    for (const entry of this.entries) if (entry.ifindex === ifindex) this.remove(entry);
  }

  /** Snooping was switched off, or the bridge set down: what was learned is forgotten. */
  forgetTemporary(): void {
    for (const entry of this.entries) {
      if (!entry.permanent && entry.ifindex !== this.bridge.ifindex) this.remove(entry);
    }
  }

  private find({ group, vlan = 0 }: MdbRequest, ifindex: number): MdbEntry | undefined {
    return this.entries.find(
      (entry) => entry.group === group && entry.vlan === vlan && entry.ifindex === ifindex,
    );
  }

  private remove(entry: MdbEntry): void {
    this.bridge.sim.cancel(entry.expires);
    this.entries = this.entries.filter((other) => other !== entry);
  }

  messages(): MdbMessage[] {
    const { sim, ifindex: bridge } = this.bridge;
    return this.entries.map(({ group, vlan, ifindex, permanent, expires }) => ({
      bridge,
      ifindex,
      group,
      ...(vlan ? { vlan } : {}),
      permanent,
      timerNs: expires ? Math.max(0, expires.atNs - sim.nowNs) : 0,
    }));
  }
}

function isSameGroup(one: MdbEntry, other: MdbEntry): boolean {
  return one.group === other.group && one.vlan === other.vlan;
}
