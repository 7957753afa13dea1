/** What connection tracking knows of the packet. Linux net/netfilter/xt_conntrack.c. */
import {
  formatIpv4Prefix,
  prefixContains,
  parseIpv4Prefix,
  type Ipv4Prefix,
} from "../../../net/address.ts";
import { formatIpv4 } from "../../../net/address.ts";
import { defineMatch, UsageError, type Names, type TypedOption } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { not, parseUnsigned } from "../xtables/options.ts";
import { resolvePortRange } from "../xtables/resolved-port.ts";
import { stateOf } from "./connection-state.ts";

/** In the order in which they are printed. */
const STATES = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"] as const;
const STATUSES = ["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"] as const;
type State = (typeof STATES)[number];
type Status = (typeof STATUSES)[number] | "NONE";

interface Range {
  readonly first: number;
  readonly last: number;
}

type Test =
  | { readonly kind: "ctstate"; readonly states: readonly State[] }
  | { readonly kind: "ctstatus"; readonly statuses: readonly Status[] }
  | { readonly kind: "ctproto"; readonly protocol: number }
  | { readonly kind: AddressKind; readonly prefix: Ipv4Prefix }
  | { readonly kind: PortKind; readonly range: Range }
  | { readonly kind: "ctexpire"; readonly range: Range }
  | { readonly kind: "ctdir"; readonly direction: "ORIGINAL" | "REPLY" };

type AddressKind = "ctorigsrc" | "ctorigdst" | "ctreplsrc" | "ctrepldst";
type PortKind = "ctorigsrcport" | "ctorigdstport" | "ctreplsrcport" | "ctrepldstport";
type ConntrackTest = readonly (Test & { readonly negated: boolean })[];

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, all: 0 };

function parseOption(option: TypedOption, names: Names): Test {
  const { name, value } = option;
  switch (name) {
    case "ctstate": {
      const typed = value.split(",").map((word) => {
        const found = STATES.find((state) => state === word.toUpperCase());
        if (!found) throw new UsageError(`Bad ctstate "${word}"`);
        return found;
      });
      return { kind: name, states: STATES.filter((state) => typed.includes(state)) };
    }
    case "ctstatus": {
      const statuses = value.split(",").map((word): Status => {
        if (word.toUpperCase() === "NONE") return "NONE";
        const found = STATUSES.find((status) => status === word.toUpperCase());
        if (!found) throw new UsageError(`Bad ctstatus "${word}"`);
        return found;
      });
      return { kind: name, statuses };
    }
    case "ctproto": {
      const protocol = PROTOCOLS[value] ?? parseUnsigned(value, 255);
      if (protocol === undefined) throw new UsageError(`unknown protocol "${value}" specified`);
      return { kind: name, protocol };
    }
    case "ctdir": {
      const direction = value.toUpperCase();
      if (direction !== "ORIGINAL" && direction !== "REPLY") {
        throw new UsageError(`conntrack: Bad value for "--ctdir" option: "${value}"`);
      }
      return { kind: name, direction };
    }
    case "ctexpire":
      return { kind: name, range: parseRange(option) };
    case "ctorigsrcport":
    case "ctorigdstport":
    case "ctreplsrcport":
    case "ctrepldstport":
      return { kind: name, range: resolvePortRange("conntrack", names, option) };
    default: {
      const prefix = parseIpv4Prefix(value.includes("/") ? value : `${value}/32`);
      if (!prefix) throw new UsageError(`host/network \`${value}' not found`);
      return { kind: name as AddressKind, prefix };
    }
  }
}

function parseRange(option: TypedOption): Range {
  const [low = "", high] = option.value.split(":");
  const first = parseSeconds(low);
  return { first, last: high === undefined ? first : parseSeconds(high) };
}

function parseSeconds(text: string): number {
  const seconds = parseUnsigned(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(
    `conntrack: bad value for option "--ctexpire" near "${text}", or out of range (0-4294967295).\n`,
  );
}

const formatRange = ({ first, last }: Range): string =>
  first === last ? String(first) : `${first}:${last}`;

function formatAddress(prefix: Ipv4Prefix): string {
  return prefix.length === 32 ? formatIpv4(prefix.address) : formatIpv4Prefix(prefix);
}

function valueOf(test: Test): string {
  switch (test.kind) {
    case "ctstate":
      return test.states.join(",");
    case "ctstatus":
      return test.statuses.join(",");
    case "ctproto":
      return String(test.protocol);
    case "ctdir":
      return test.direction;
    case "ctorigsrc":
    case "ctorigdst":
    case "ctreplsrc":
    case "ctrepldst":
      return formatAddress(test.prefix);
    default:
      return formatRange(test.range);
  }
}

function hasState(states: readonly State[], context: HookContext): boolean {
  if (states.includes(stateOf(context))) return true;
  const entry = context.track?.entry;
  if (!entry) return false;
  return (
    (states.includes("SNAT") && entry.sourceTranslated) ||
    (states.includes("DNAT") && entry.destinationTranslated)
  );
}

function passes(test: Test, context: HookContext): boolean {
  if (test.kind === "ctstate") return hasState(test.states, context);
  const { track } = context;
  const entry = track?.entry;
  if (!track || !entry) return false;
  const within = (range: Range, value: number): boolean =>
    value >= range.first && value <= range.last;
  switch (test.kind) {
    case "ctstatus": {
      const has: Readonly<Record<Status, boolean>> = {
        EXPECTED: false,
        SEEN_REPLY: entry.seenReply,
        ASSURED: entry.assured,
        CONFIRMED: entry.confirmed,
        NONE: false,
      };
      return test.statuses.some((status) => has[status]);
    }
    case "ctproto":
      return entry.tuple.protocol === test.protocol;
    case "ctdir":
      return track.direction === test.direction.toLowerCase();
    case "ctexpire":
      return within(test.range, entry.table.remainingSeconds(entry));
    case "ctorigsrc":
      return prefixContains(test.prefix, entry.tuple.src);
    case "ctorigdst":
      return prefixContains(test.prefix, entry.tuple.dst);
    case "ctreplsrc":
      return prefixContains(test.prefix, entry.reply.src);
    case "ctrepldst":
      return prefixContains(test.prefix, entry.reply.dst);
    case "ctorigsrcport":
      return within(test.range, entry.tuple.srcPort);
    case "ctorigdstport":
      return within(test.range, entry.tuple.dstPort);
    case "ctreplsrcport":
      return within(test.range, entry.reply.srcPort);
    case "ctrepldstport":
      return within(test.range, entry.reply.dstPort);
  }
}

const OPTIONS = {
  ctstate: "argument",
  ctproto: "argument",
  ctorigsrc: "argument",
  ctorigdst: "argument",
  ctreplsrc: "argument",
  ctrepldst: "argument",
  ctorigsrcport: "argument",
  ctorigdstport: "argument",
  ctreplsrcport: "argument",
  ctrepldstport: "argument",
  ctstatus: "argument",
  ctexpire: "argument",
  ctdir: "argument",
} as const;

const ORDER: readonly string[] = Object.keys(OPTIONS);

export const conntrack = defineMatch<ConntrackTest>({
  name: "conntrack",
  docs: {
    summary: "state, addresses and ports of the packet's connection",
    examples: ["-m conntrack --ctstate RELATED,ESTABLISHED", "-m conntrack --ctorigdst 10.0.0.1"],
  },
  options: OPTIONS,
  negatable: ORDER.filter((name) => name !== "ctdir"),
  tracksConnections: true,
  parse(options, { names }) {
    if (options.length === 0) {
      throw new UsageError("conntrack: At least one option is required");
    }
    const tests = options.map((option) => ({
      ...parseOption(option, names),
      negated: option.negated,
    }));
    return tests.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  },
  save: (tests) =>
    tests.map((test) => `${not(test.negated)} --${test.kind} ${valueOf(test)}`).join(""),
  list: (tests) =>
    tests.map((test) => `${not(test.negated)} ${test.kind} ${valueOf(test)}`).join(""),
  evaluate: (tests, context) => tests.every((test) => passes(test, context) !== test.negated),
});
