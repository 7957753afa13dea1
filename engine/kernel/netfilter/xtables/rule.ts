/** Rules, chains and tables as they are configured. Linux include/uapi/linux/netfilter_ipv4/ip_tables.h. */
import type { Ipv4 } from "../../../net/address.ts";
import type { MatchDefinition, TargetDefinition } from "./extension.ts";

export interface Counters {
  packets: number;
  bytes: number;
}

export interface AddressTest {
  readonly address: Ipv4;
  readonly mask: Ipv4;
  readonly negated: boolean;
  /** An address of IPv6 and its mask, instead of the numbers. */
  readonly ipv6?: { readonly address: string; readonly mask: string };
}

/** A trailing `+` stands for any ending. */
export interface InterfaceTest {
  readonly name: string;
  readonly negated: boolean;
}

/** What every rule can ask of a packet without an extension; struct ipt_ip. */
export interface IpTest {
  readonly source: AddressTest | undefined;
  readonly destination: AddressTest | undefined;
  readonly input: InterfaceTest | undefined;
  readonly output: InterfaceTest | undefined;
  /** 0: any. */
  readonly protocol: number;
  readonly protocolNegated: boolean;
  /** Second and further fragments only, or none of them. */
  readonly fragment: "any" | "later" | "not-later";
}

export interface MatchUse {
  readonly definition: MatchDefinition<unknown>;
  readonly config: unknown;
  /** What the match remembers between packets; made when the rule is added. */
  readonly state: unknown;
}

export type Verdict = "ACCEPT" | "DROP" | "RETURN";

export type RuleTarget =
  | { readonly kind: "none" }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "chain"; readonly chain: string; readonly isGoto: boolean }
  | {
      readonly kind: "extension";
      readonly definition: TargetDefinition<unknown>;
      readonly config: unknown;
    };

export interface Rule {
  readonly ip: IpTest;
  readonly matches: readonly MatchUse[];
  readonly target: RuleTarget;
  readonly counters: Counters;
}

export interface Chain {
  readonly name: string;
  /** Undefined: a user's chain. */
  readonly policy: "ACCEPT" | "DROP" | undefined;
  /**
   * When the kernel got it, in the order of the table's chains; 0: only iptables knows of it.
   * iptables-nft makes a built-in chain when something is first done to it.
   */
  readonly created: number;
  /** nf_tables counts what its policy decides only once a policy was set. */
  readonly countsPolicy: boolean;
  /** Of the policy. */
  readonly counters: Counters;
  readonly rules: readonly Rule[];
}

export interface Table {
  readonly name: TableName;
  /** Built-in chains first. */
  readonly chains: ReadonlyMap<string, Chain>;
}

export type TableName = "raw" | "mangle" | "nat" | "filter" | "security";
export type HookName = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

/** The two back ends that `iptables` has; each has tables of its own, and packets pass both. */
export type Flavour = "nft" | "legacy";

/** In the order in which a packet meets them at one hook. */
export const TABLE_HOOKS: Readonly<Record<TableName, readonly HookName[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(TABLE_HOOKS, name);
}

export function emptyTable(name: TableName, flavour: Flavour): Table {
  const chains = TABLE_HOOKS[name].map((hook, index): [string, Chain] => [
    hook,
    {
      name: hook,
      policy: "ACCEPT",
      created: flavour === "legacy" ? index + 1 : 0,
      countsPolicy: flavour === "legacy",
      counters: { packets: 0, bytes: 0 },
      rules: [],
    },
  ]);
  return { name, chains: new Map(chains) };
}
