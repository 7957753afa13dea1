/** What passed in each VLAN of a bridge, of all its ports together. Linux br_vlan_stats. */
import type { BridgeVlan } from "../../rtnetlink/messages.ts";

type Counters = NonNullable<BridgeVlan["statistics"]>;
type Writable = { -readonly [Key in keyof Counters]: Counters[Key] };

export class VlanStatistics {
  private readonly byVlan = new Map<number, Writable>();

  count(vlan: number, way: "received" | "sent", bytes: number): void {
    const counters = this.of(vlan).statistics;
    if (way === "received") {
      counters.rxBytes += bytes;
      counters.rxPackets += 1;
    } else {
      counters.txBytes += bytes;
      counters.txPackets += 1;
    }
  }

  of(vlan: number): { readonly statistics: Writable } {
    let statistics = this.byVlan.get(vlan);
    if (!statistics) {
      statistics = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
      this.byVlan.set(vlan, statistics);
    }
    return { statistics };
  }
}
