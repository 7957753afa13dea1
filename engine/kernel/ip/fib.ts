/** The forwarding information base of a namespace: its tables, its rules and lookups in them. */
import { IPV4_ANY, IPV4_BROADCAST, isMulticast, type Ipv4 } from "../../net/address.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { Errno } from "../errno.ts";
import { TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN, type RouteType } from "../rtnetlink/messages.ts";
import { SharedInfos, type FibAlias, type FibInfo, type FibNextHop } from "./fib-info.ts";
import { FibRules } from "./fib-rules.ts";
import { FibResult, FibTable, type FibFlow } from "./fib-table.ts";
import { SCOPE_NOWHERE, SCOPE_UNIVERSE } from "./in-device.ts";
import { rebalance } from "./multipath.ts";

/** What becomes of routes when a device goes; Linux fib_sync_down_dev(). */
export type SyncDownReason = "down" | "carrier" | "unregister";

/** A route that was flushed or whose state changed. */
type RouteListener = (table: number, prefix: Ipv4, length: number, alias: FibAlias) => void;

export class Fib {
  /** So that forgetting does not look at every route. */
  readonly hopsWithExceptions = new Set<FibNextHop>();
  private readonly local = new FibTable(TABLE_LOCAL);
  private readonly main = new FibTable(TABLE_MAIN);
  readonly tables = new Map<number, FibTable>([
    [TABLE_LOCAL, this.local],
    [TABLE_MAIN, this.main],
  ]);
  readonly rules: FibRules;
  readonly sharedInfos = new SharedInfos();
  /** Answer of the last lookup; only valid until the next one. */
  readonly result = new FibResult();
  /** Input of the next lookup, to spare an allocation a packet. */
  readonly flow: FibFlow = newFlow();
  /** Of the next route that is inserted. */
  nextSequence = 0;
  /** A local route was added that no address stands for. */
  hasCustomLocalRoutes = false;
  private readonly scratch = newFlow();
  private readonly scratchResult = new FibResult();

  constructor(
    indexOf: (name: string) => number | undefined,
    private readonly deleted: RouteListener,
  ) {
    this.rules = new FibRules(this.tables, indexOf);
  }

  /** fib_new_table() */
  table(id: number): FibTable {
    let table = this.tables.get(id);
    if (!table) {
      table = new FibTable(id);
      this.tables.set(id, table);
    }
    return table;
  }

  /** Looks `flow` up and leaves the answer in `result`; fib_lookup(). */
  lookup(flow: FibFlow): Errno | undefined {
    const { rules, result } = this;
    if (rules.areCustom) return rules.lookup(flow, result);
    let error = this.local.lookup(flow, result);
    if (error !== "EAGAIN") return error;
    error = this.main.lookup(flow, result);
    if (error !== "EAGAIN") return error;
    const last = this.tables.get(TABLE_DEFAULT);
    error = last?.lookup(flow, result);
    return error === "EAGAIN" || !last ? "ENETUNREACH" : error;
  }

  /**
   * What kind of address it is to this machine, in one table, and on one device if given;
   * inet_addr_type_dev_table().
   */
  addressType(address: Ipv4, device?: NetDevice, tableId = TABLE_LOCAL): RouteType {
    if (address === IPV4_ANY || address === IPV4_BROADCAST) return "broadcast";
    if (isMulticast(address)) return "multicast";
    const flow = resetFlow(this.scratch);
    flow.dst = address;
    const result = this.scratchResult;
    const table = this.tables.get(tableId);
    if (!table || table.lookup(flow, result) !== undefined) return "unicast";
    if (device && result.nextHop?.device !== device) return "unicast";
    return result.type;
  }

  isLocal(address: Ipv4): boolean {
    return this.addressType(address) === "local";
  }

  /** A lookup that leaves `flow` and `result` alone, for checks on the side. */
  lookupAside(fill: (flow: FibFlow) => void, table?: FibTable): FibResult | Errno {
    const flow = resetFlow(newFlow());
    fill(flow);
    const result = new FibResult();
    const error = table ? table.lookup(flow, result) : this.rules.lookup(flow, result);
    return error ?? result;
  }

  // ---------------------------------------------------------------- devices come and go

  *infos(): Generator<FibInfo> {
    for (const table of this.tables.values()) {
      for (const { alias } of table.entries()) yield alias.info;
    }
  }

  /**
   * Marks the next hops of a device as unusable. `force` takes local addresses too.
   * True if some route has no usable next hop left. fib_sync_down_dev()
   */
  syncDown(device: NetDevice, reason: SyncDownReason, force: boolean): boolean {
    let found = false;
    for (const info of this.infos()) {
      if (!info.nextHops.some((hop) => hop.device === device)) continue;
      let dead = 0;
      for (const hop of info.nextHops) {
        if (hop.dead) {
          dead += 1;
          continue;
        }
        if (hop.device !== device) continue;
        if (force || hop.scope !== SCOPE_NOWHERE) {
          if (reason !== "carrier") hop.dead = true;
          hop.linkDown = true;
          dead += 1;
        }
        if (reason === "unregister") dead = info.nextHops.length;
      }
      if (dead === info.nextHops.length) {
        if (reason !== "carrier") info.dead = true;
        found = true;
      }
      rebalance(info);
    }
    return found;
  }

  /** Next hops of the device are usable again; fib_sync_up(). */
  syncUp(device: NetDevice, cleared: "dead" | "linkdown"): void {
    if (!device.up) return;
    const clearsDead = cleared === "dead";
    const clearsLink = cleared === "linkdown" || device.carrier;
    for (const info of this.infos()) {
      if (!info.nextHops.some((hop) => hop.device === device)) continue;
      for (const hop of info.nextHops) {
        if (hop.device !== device) continue;
        if (clearsDead) hop.dead = false;
        if (clearsLink) hop.linkDown = false;
      }
      if (clearsDead && info.nextHops.some((hop) => !hop.dead)) info.dead = false;
      rebalance(info);
    }
  }

  /** Marks routes that prefer a source address which is gone; fib_sync_down_addr(). */
  syncDownAddress(address: Ipv4): boolean {
    let found = false;
    for (const info of this.infos()) {
      if (info.preferredSource !== address || info.dead) continue;
      info.dead = true;
      found = true;
    }
    return found;
  }

  /** Removes routes that are dead; fib_flush(). */
  flush(): void {
    for (const table of this.tables.values()) {
      for (const { prefix, length, alias } of table.entries()) {
        if (!alias.info.dead) continue;
        table.remove(prefix, length, alias);
        this.deleted(table.id, prefix, length, alias);
      }
    }
  }

  /** Forgets path MTUs and redirects; rt_cache_flush(). */
  flushExceptions(): void {
    for (const hop of this.hopsWithExceptions) hop.exceptions = undefined;
    this.hopsWithExceptions.clear();
  }
}

function newFlow(): FibFlow {
  return {
    dst: IPV4_ANY,
    src: IPV4_ANY,
    oif: 0,
    iif: 0,
    mark: 0,
    tos: 0,
    scope: SCOPE_UNIVERSE,
    protocol: 0,
    srcPort: 0,
    dstPort: 0,
    uid: 0,
    ignoreLinkState: false,
  };
}

/** Everything as in a fresh flow. */
export function resetFlow(flow: FibFlow): FibFlow {
  flow.dst = IPV4_ANY;
  flow.src = IPV4_ANY;
  flow.oif = 0;
  flow.iif = 0;
  flow.mark = 0;
  flow.tos = 0;
  flow.scope = SCOPE_UNIVERSE;
  flow.protocol = 0;
  flow.srcPort = 0;
  flow.dstPort = 0;
  flow.uid = 0;
  flow.ignoreLinkState = false;
  return flow;
}
