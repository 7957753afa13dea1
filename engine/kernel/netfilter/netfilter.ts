/** Netfilter of one namespace: tables, tracked connections, and what stands at each hook. */
import { isFragment } from "../../net/ipv4.ts";
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import { ArpTables } from "./arptables/arp-tables.ts";
import { Conntrack } from "./conntrack/conntrack.ts";
import { conntrackFile } from "./conntrack/proc-file.ts";
import type { Track } from "./conntrack/entry.ts";
import { FrameTables } from "./ebtables/frame-tables.ts";
import type { Hook, NetfilterHooks, Verdict } from "./hooks.ts";
import { IpSets } from "./ipset/ipset.ts";
import { Ipvs } from "./ipvs/ipvs.ts";
import { fromClient, fromServer } from "./ipvs/packet-path.ts";
import { connectionsFile, servicesFile, statisticsFile } from "./ipvs/proc-files.ts";
import { Ipv6Tables, type TableStore } from "./ipv6/tables.ts";
import { manipOf, Nat } from "./nat/nat.ts";
import { checkTable } from "./xtables/check.ts";
import { HookContext } from "./xtables/hook-context.ts";
import {
  emptyTable,
  TABLE_HOOKS,
  type Flavour,
  type HookName,
  type Rule,
  type Table,
  type TableName,
} from "./xtables/rule.ts";
import { NamedStates } from "./xtables/named-states.ts";
import { TableOrder } from "./xtables/table-order.ts";
import { Ruleset } from "./xtables/ruleset.ts";
import { ruleReporter } from "./xtables/rule-reporter.ts";
import { traceLog } from "./xtables/trace-log.ts";

type Step = (context: HookContext) => Verdict;

/** Linux enum nf_ip_hook_priorities. */
const PRIORITY = {
  defragment: -400,
  raw: -300,
  conntrack: -200,
  mangle: -150,
  destinationNat: -100,
  filter: 0,
  security: 50,
  sourceNat: 100,
  confirm: 2 ** 31,
} as const;

const HOOKS: readonly (readonly [HookName, keyof NetfilterHooks])[] = [
  ["PREROUTING", "prerouting"],
  ["INPUT", "input"],
  ["FORWARD", "forward"],
  ["OUTPUT", "output"],
  ["POSTROUTING", "postrouting"],
];

export class Netfilter implements TableStore {
  readonly conntrack: Conntrack;
  readonly nat: Nat;
  readonly sets: IpSets;
  readonly ipvs: Ipvs;
  readonly named: NamedStates;
  readonly nftOrder = new TableOrder();
  readonly frames = new FrameTables(this.nftOrder);
  readonly ipv6 = new Ipv6Tables(this.nftOrder);
  readonly arp: ArpTables;
  private readonly rulesets: Record<Flavour, Map<TableName, Ruleset>> = {
    nft: new Map(),
    legacy: new Map(),
  };
  private isTracking = false;

  constructor(readonly netns: NetNamespace) {
    this.conntrack = new Conntrack(netns);
    this.nat = new Nat(netns, this.conntrack);
    this.arp = new ArpTables(netns, this.nftOrder);
    this.named = new NamedStates(netns);
    this.ipvs = new Ipvs(netns, this.conntrack, () => this.install());
    this.sets = new IpSets(netns.sim, netns.random, () => this.setUses());
  }

  /** Files of /proc/net. */
  procFiles(): readonly (readonly [name: string, read: () => string])[] {
    return [
      [
        "ip_tables_names",
        () =>
          this.tableNames("legacy")
            .map((name) => `${name}\n`)
            .join(""),
      ],
      [
        "ip6_tables_names",
        () =>
          this.ipv6
            .tableNames("legacy")
            .map((name) => `${name}\n`)
            .join(""),
      ],
      ["nf_conntrack", () => conntrackFile(this.conntrack)],
      ["ip_vs", () => servicesFile(this.ipvs)],
      ["ip_vs_conn", () => connectionsFile(this.ipvs)],
      ["ip_vs_stats", () => statisticsFile(this.ipvs)],
    ];
  }

  // ---------------------------------------------------------------- configuration

  /** Names of the tables that exist, the youngest first as the kernel keeps them. */
  tableNames(flavour: Flavour): TableName[] {
    return [...this.rulesets[flavour].keys()].reverse();
  }

  /** Undefined: nobody has asked for it yet. */
  table(flavour: Flavour, name: TableName): Table | undefined {
    return this.rulesets[flavour].get(name)?.table;
  }

  /** Makes the table if it is not there yet. */
  openTable(flavour: Flavour, name: TableName): Table {
    const existing = this.table(flavour, name);
    if (existing) return existing;
    const table = emptyTable(name, flavour);
    this.replaceTable(flavour, table);
    return table;
  }

  /** Throws what `checkTable` throws; then nothing has changed. */
  replaceTable(flavour: Flavour, table: Table): void {
    checkTable(table, flavour);
    this.rulesets[flavour].set(table.name, new Ruleset(table));
    if (flavour === "nft") this.nftOrder.add("ip", table.name);
    this.install();
  }

  removeTable(flavour: Flavour, name: TableName): void {
    this.rulesets[flavour].delete(name);
    if (flavour === "nft") this.nftOrder.remove("ip", name);
    this.install();
  }

  /** What an answer to a packet gets: it is related to the packet's connection. nf_ct_attach() */
  attach(about: Packet): unknown {
    const track = about.conntrack as Track | undefined;
    if (track?.owner !== this.conntrack || !track.entry) return undefined;
    const direction = track.direction === "original" ? "reply" : "original";
    return {
      entry: track.entry,
      direction,
      state: "RELATED",
      owner: this.conntrack,
    } satisfies Track;
  }

  /** Rules that name an extension's configuration, for reference counts. */
  *rules(): Generator<Rule> {
    for (const flavour of ["nft", "legacy"] as const) {
      for (const { table } of this.rulesets[flavour].values()) {
        for (const chain of table.chains.values()) yield* chain.rules;
      }
    }
  }

  /** How often each IP set is named by rules. */
  private setUses(): Map<string, number> {
    const uses = new Map<string, number>();
    for (const { matches, target } of this.rules()) {
      const extensions = target.kind === "extension" ? [...matches, target] : matches;
      for (const { definition, config } of extensions) {
        for (const name of definition.usesSets?.(config) ?? []) {
          uses.set(name, (uses.get(name) ?? 0) + 1);
        }
      }
    }
    return uses;
  }

  /** Puts at every hook what is needed there, and nothing where nothing is. */
  private install(): void {
    const { nft, legacy } = this.rulesets;
    const needs = [...nft.values(), ...legacy.values()].map((ruleset) => ruleset.needs);
    this.isTracking = needs.some(({ tracksConnections }) => tracksConnections);
    this.named.keepOnlyThoseOf(needs.flatMap(({ named }) => named));
    const { hooks } = this.netns;
    for (const [name, key] of HOOKS) hooks[key] = this.hookFor(name);
  }

  private hookFor(name: HookName): Hook | undefined {
    const steps = this.steps(name);
    if (steps.length === 0) return undefined;
    return (packet, input, output) => this.run(steps, packet, input, output);
  }

  private run(
    steps: readonly Step[],
    packet: Packet,
    input: NetDevice | undefined,
    output: NetDevice | undefined,
  ): Verdict {
    const context = new HookContext(this.netns);
    context.packet = packet;
    context.input = input;
    context.output = output;
    const track = packet.conntrack as Track | undefined;
    if (track && track.owner !== this.conntrack) packet.conntrack = undefined;
    for (const step of steps) {
      const verdict = step(context);
      if (verdict !== "accept") return verdict;
    }
    return "accept";
  }

  private steps(hook: HookName): Step[] {
    const found: { readonly priority: number; readonly step: Step }[] = [];
    const add = (priority: number, step: Step): void => {
      found.push({ priority, step });
    };
    for (const name of ["raw", "mangle", "filter", "security"] as const) {
      if (!TABLE_HOOKS[name].includes(hook)) continue;
      for (const ruleset of this.rulesetsOf(name)) {
        add(PRIORITY[name], (context) => this.runTable(ruleset, hook, context));
      }
    }
    if (this.isTracking) this.addTracking(hook, add);
    if (this.ipvs.isUsed) this.addIpvs(hook, add);
    return found.sort((a, b) => a.priority - b.priority).map(({ step }) => step);
  }

  private addTracking(hook: HookName, add: (priority: number, step: Step) => void): void {
    if (hook === "PREROUTING" || hook === "OUTPUT") {
      add(PRIORITY.defragment, (context) => this.defragment(context));
      add(PRIORITY.conntrack, (context) => this.track(context));
    }
    if (hook === "INPUT" || hook === "POSTROUTING") {
      add(PRIORITY.confirm, (context) => this.conntrack.confirm(context.packet));
    }
    if (hook === "FORWARD") return;
    const isSource = manipOf(hook) === "source";
    add(isSource ? PRIORITY.sourceNat : PRIORITY.destinationNat, (context) =>
      this.runNat(hook, context),
    );
  }

  /** ip_vs_ops4[] */
  private addIpvs(hook: HookName, add: (priority: number, step: Step) => void): void {
    const answer: Step = ({ packet }) => fromServer(this.ipvs, packet);
    const request = ({ packet }: HookContext, isLocal: boolean): Verdict =>
      fromClient(this.ipvs, packet, isLocal);
    switch (hook) {
      case "INPUT":
        add(PRIORITY.sourceNat - 2, answer);
        add(PRIORITY.sourceNat - 1, (context) => request(context, false));
        return;
      case "OUTPUT":
        add(PRIORITY.destinationNat + 1, answer);
        add(PRIORITY.destinationNat + 2, (context) => request(context, true));
        return;
      case "FORWARD":
        add(PRIORITY.sourceNat, answer);
        return;
      default:
    }
  }

  private rulesetsOf(name: TableName): Ruleset[] {
    const both = [this.rulesets.legacy.get(name), this.rulesets.nft.get(name)];
    return both.filter((ruleset) => ruleset !== undefined);
  }

  private runTable(ruleset: Ruleset, hook: HookName, context: HookContext): Verdict {
    const isTraced = ruleset.needs.traces || context.packet.traced;
    const isLegacy = isTraced && this.rulesets.legacy.get(ruleset.name) === ruleset;
    const log = isLegacy ? traceLog : undefined;
    const { tracer } = this.netns;
    const verdict = ruleset.run(hook, context, tracer ? ruleReporter(tracer, log) : log);
    return verdict === "continue" ? "accept" : verdict;
  }

  private track({ packet }: HookContext): Verdict {
    const verdict = this.conntrack.track(packet);
    const track = packet.conntrack as Track | undefined;
    if (verdict === "accept") this.netns.tracer?.(packet, { kind: "track", track });
    return verdict;
  }

  /** Only whole packets are tracked; nf_defrag_ipv4. */
  private defragment({ packet }: HookContext): Verdict {
    if (!packet.ip || !isFragment(packet.ip)) return "accept";
    const whole = this.netns.ip.reassembly.add(packet);
    if (!whole) return "stolen";
    packet.ip = whole.ip;
    packet.transport = whole.transport;
    packet.payload = whole.payload;
    packet.encapsulated = whole.encapsulated;
    packet.vni = whole.vni;
    return "accept";
  }

  /** The nat table sees the first packet of each connection; nf_nat_inet_fn(). */
  private runNat(hook: HookName, context: HookContext): Verdict {
    const { track, packet } = context;
    if (!track?.entry) return "accept";
    const manip = manipOf(hook);
    if (this.nat.isUndecided(packet, track, manip)) {
      for (const ruleset of this.rulesetsOf("nat")) {
        const verdict = this.runTable(ruleset, hook, context);
        if (verdict !== "accept") return verdict;
        if (!this.nat.isUndecided(packet, track, manip)) break;
      }
      if (this.nat.isUndecided(packet, track, manip)) this.nat.setUpNothing(track.entry, manip);
    }
    const { ip, transport } = packet;
    this.nat.translate(packet, track, manip);
    if (packet.ip !== ip || packet.transport !== transport) {
      this.netns.tracer?.(packet, { kind: "rewrite", by: "NAT", before: { ip, transport } });
    }
    return "accept";
  }
}
