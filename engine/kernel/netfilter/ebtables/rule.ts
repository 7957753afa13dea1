/** Rules for the frames of bridges. Linux net/bridge/netfilter/ebtables.c, as iptables' nf_tables flavour keeps them. */
import type { Mac } from "../../../net/address.ts";
import type { EthernetHeader, Packet } from "../../../net/packet.ts";
import type { NetDevice } from "../../device/net-device.ts";
import type { NetNamespace } from "../../netns.ts";
import type { Names, TypedOption } from "../xtables/extension.ts";
import type { Counters, InterfaceTest } from "../xtables/rule.ts";

export type FrameTableName = "filter" | "nat";
export type FrameHook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

const FRAME_TABLE_HOOKS: Readonly<Record<FrameTableName, readonly FrameHook[]>> = {
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "OUTPUT", "POSTROUTING"],
};

export function isFrameTable(name: string): name is FrameTableName {
  return Object.hasOwn(FRAME_TABLE_HOOKS, name);
}

/** A frame on its way through a bridge. */
export interface FrameContext {
  readonly packet: Packet;
  readonly ether: EthernetHeader;
  /** The port that it came in by; undefined: it was made here. */
  readonly input: NetDevice | undefined;
  readonly output: NetDevice | undefined;
  readonly bridge: NetDevice;
  readonly netns: NetNamespace;
}

export type FrameVerdict = "ACCEPT" | "DROP" | "CONTINUE" | "RETURN";

export interface MacTest {
  readonly address: Mac;
  readonly mask: Mac;
  readonly negated: boolean;
}

/** `length`: an 802.3 frame, whose type field is a length. */
export interface ProtocolTest {
  readonly etherType: number | "length";
  readonly negated: boolean;
}

export interface FrameTest {
  readonly protocol: ProtocolTest | undefined;
  readonly source: MacTest | undefined;
  readonly destination: MacTest | undefined;
  readonly input: InterfaceTest | undefined;
  readonly output: InterfaceTest | undefined;
}

/** What the kernel checks a rule against. */
export interface FrameCheck {
  readonly table: FrameTableName;
  readonly hooks: ReadonlySet<FrameHook>;
  readonly protocol: ProtocolTest | undefined;
}

interface FrameExtension<T> {
  readonly name: string;
  readonly docs: { readonly summary: string; readonly example: string };
  readonly options: Readonly<Record<string, "argument" | "flag">>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Throws UsageError. */
  parse(options: readonly TypedOption[], names: Names): T;
  /** With a blank before each option. */
  print(config: T): string;
  /** False: EINVAL. */
  check?(config: T, check: FrameCheck): boolean;
}

export interface FrameMatch<T> extends FrameExtension<T> {
  newState?(config: T): unknown;
  evaluate(config: T, context: FrameContext, state: unknown): boolean;
}

export interface FrameTarget<T> extends FrameExtension<T> {
  evaluate(config: T, context: FrameContext): FrameVerdict;
}

export function defineFrameMatch<T>(definition: FrameMatch<T>): FrameMatch<unknown> {
  return definition as FrameMatch<unknown>;
}

export function defineFrameTarget<T>(definition: FrameTarget<T>): FrameTarget<unknown> {
  return definition as FrameTarget<unknown>;
}

export interface FrameMatchUse {
  readonly definition: FrameMatch<unknown>;
  readonly config: unknown;
  readonly state: unknown;
}

export type FrameRuleTarget =
  | { readonly kind: "verdict"; readonly verdict: FrameVerdict }
  | { readonly kind: "chain"; readonly chain: string }
  | {
      readonly kind: "extension";
      readonly definition: FrameTarget<unknown>;
      readonly config: unknown;
    };

export interface FrameRule {
  readonly test: FrameTest;
  readonly matches: readonly FrameMatchUse[];
  readonly target: FrameRuleTarget;
  readonly counters: Counters;
}

/** Users' chains have a policy too: what happens at their end. */
export interface FrameChain {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly policy: Exclude<FrameVerdict, "CONTINUE">;
  readonly rules: readonly FrameRule[];
}

export interface FrameTable {
  readonly name: FrameTableName;
  readonly chains: ReadonlyMap<string, FrameChain>;
}

export function emptyFrameTable(name: FrameTableName): FrameTable {
  const chains = FRAME_TABLE_HOOKS[name].map((hook): [string, FrameChain] => [
    hook,
    { name: hook, isBuiltIn: true, policy: "ACCEPT", rules: [] },
  ]);
  return { name, chains: new Map(chains) };
}
