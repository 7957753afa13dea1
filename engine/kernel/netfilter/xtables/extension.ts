/** What a match or a target is: how it is typed, printed and decided. */
import type { Ipv4 } from "../../../net/address.ts";
import type { NetNamespace } from "../../netns.ts";
import type { NamedState } from "./named-states.ts";
import type { HookContext } from "./hook-context.ts";
import type { Flavour, HookName, MatchUse, TableName } from "./rule.ts";

/** Names of the machine's /etc files; `undefined` in a numeric listing. */
export interface Names {
  port(name: string, protocol: "tcp" | "udp"): number | undefined;
  service(port: number, protocol: "tcp" | "udp"): string | undefined;
  /** Undefined: there is none of that name. */
  protocolNumber(name: string): number | undefined;
  protocolName(number: number): string;
  user(name: string): number | undefined;
  group(name: string): number | undefined;
  userName(id: number): string | undefined;
  groupName(id: number): string | undefined;
  host(address: Ipv4): string | undefined;
}

/** An option as typed; a short alias is already its long name. */
export interface TypedOption {
  readonly name: string;
  readonly value: string;
  readonly negated: boolean;
}

export interface ParseContext {
  readonly names: Names;
  /** Number after `-p`, 0 for none. */
  readonly protocol: number;
  readonly protocolNegated: boolean;
  readonly flavour: Flavour;
  /** ip_set_get_byname: undefined when there is none. */
  readonly setDimension: (name: string) => number | undefined;
  /** The address of a host by name or number. Throws UsageError. */
  readonly hostAddress: (text: string) => Ipv4;
  /** A line for standard error that does not stop the command. */
  warn(line: string): void;
}

/** The words the program prints after its name; exit status 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    /** False: the program's name and version do not stand before it. */
    readonly isSigned = true,
  ) {
    super(message);
  }
}

/** What the rule is part of when the kernel checks it. */
export interface CheckContext {
  readonly table: TableName;
  /** Hooks from which the rule's chain can be reached. */
  readonly hooks: ReadonlySet<HookName>;
  readonly protocol: number;
  readonly protocolNegated: boolean;
  readonly flavour: Flavour;
  /** Of the same rule. */
  readonly matches: readonly MatchUse[];
}

interface Extension<T> {
  readonly name: string;
  readonly docs: { readonly summary: string; readonly examples: readonly string[] };
  /** Long option → what follows it; two arguments are one value with a blank between them. */
  readonly options: Readonly<Record<string, "argument" | "arguments" | "flag">>;
  /** Other spellings of an option. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Options that `!` may stand before. */
  readonly negatable?: readonly string[];
  /** Groups of options of which only one may be given, in the order of the program's table. */
  readonly exclusive?: readonly (readonly string[])[];
  /** Options that may be given more than once, or whose repetition has words of its own. */
  readonly repeatable?: readonly string[];
  /** Option → the one that it makes no sense without. */
  readonly requires?: Readonly<Record<string, string>>;
  /** Throws UsageError. */
  parse(options: readonly TypedOption[], context: ParseContext): T;
  /** As iptables-save writes it, with a leading blank before each option. */
  save(config: T): string;
  /** As `iptables -L` prints it; without names it is numeric. */
  list(config: T, names: Names | undefined): string;
  /** False: the kernel refuses the rule with EINVAL. */
  check?(config: T, context: CheckContext): boolean | "ENOENT";
  /** Names of the IP sets that the rule holds. */
  usesSets?(config: T): readonly string[];
  /** The rule needs connection tracking. */
  readonly tracksConnections?: boolean | ((config: T) => boolean);
}

export interface MatchDefinition<T> extends Extension<T> {
  /** The one destination port it lets pass, so that long chains can be searched. */
  onlyDestinationPort?(config: T): number | undefined;
  newState?(config: T): unknown;
  /** What all rules with the same path share. */
  readonly named?: {
    /** Of its file, under /proc/net. */
    path(config: T): string;
    create(config: T, netns: NetNamespace): NamedState;
  };
  evaluate(config: T, context: HookContext, state: unknown): boolean;
}

export type TargetVerdict = "accept" | "drop" | "stolen" | "continue";

export interface TargetDefinition<T> extends Extension<T> {
  /** The name that iptables-save writes, if it is another. */
  savedName?(config: T): string;
  evaluate(config: T, context: HookContext): TargetVerdict;
}

/** A match whose configuration has a type of its own, as the registry keeps it. */
export function defineMatch<T>(definition: MatchDefinition<T>): MatchDefinition<unknown> {
  return definition as MatchDefinition<unknown>;
}

export function defineTarget<T>(definition: TargetDefinition<T>): TargetDefinition<unknown> {
  return definition as TargetDefinition<unknown>;
}
