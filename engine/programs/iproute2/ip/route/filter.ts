/** The selectors of `ip route show` and `ip route flush`. */
import { type Ipv4, type Ipv4Prefix, networkOf, prefixContains } from "../../../../net/address.ts";
import type { RouteMessage, RouteScope, RouteType } from "../../../../kernel/rtnetlink/messages.ts";
import { TABLE_MAIN } from "../../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../support/args.ts";
import { parsePrefix } from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseProtocol, parseScope, parseTable, parseTos } from "../../support/names.ts";
import { parseRouteType } from "./parse.ts";
import type { Fixed } from "./print.ts";

export class RouteFilter {
  /** 0: all of them. */
  table = TABLE_MAIN;
  /** The learned routes instead of the tables. */
  cached = false;
  private type: RouteType | undefined;
  private protocol: string | undefined;
  private scope: RouteScope | undefined;
  private device: number | undefined;
  private gateway: Ipv4Prefix | undefined;
  private source: Ipv4Prefix | undefined;
  private metric: number | undefined;
  private tos: number | undefined;
  /** The destination lies within this. */
  private root: Ipv4Prefix | undefined;
  /** The destination contains this. */
  private match: Ipv4Prefix | undefined;
  private impossible = false;

  constructor(
    private readonly context: Context,
    args: Args,
  ) {
    while (!args.done) this.take(args.take(), args);
  }

  private take(word: string, args: Args): void {
    const { context } = this;
    const prefix = (text: string): Ipv4Prefix | undefined => {
      const parsed = parsePrefix(context.program, text, context.options.family);
      return parsed.everything ? undefined : parsed;
    };
    if (matches(word, "table")) {
      const value = args.value();
      if (value === "cache") this.cached = true;
      else
        this.table =
          value === "all" ? 0 : parseNamed(value, parseTable, "table id value is invalid\n");
    } else if (word === "vrf") throw invalidArgument("Not a valid VRF name\n", args.value());
    else if (matches(word, "cached") || word === "cloned") this.cached = true;
    else if (word === "tos" || matches(word, "dsfield")) {
      this.tos = parseNamed(args.value(), parseTos, "TOS value is invalid\n");
    } else if (matches(word, "protocol")) {
      const value = args.value();
      if (value !== "all") this.protocol = parseNamed(value, parseProtocol, 'invalid "protocol"\n');
    } else if (matches(word, "scope")) {
      const value = args.value();
      if (value !== "all") this.scope = parseNamed(value, parseScope, 'invalid "scope"\n');
    } else if (matches(word, "type")) {
      this.type = parseNamed(args.value(), parseRouteType, "node type value is invalid\n");
    } else if (word === "dev" || word === "oif") {
      this.device = context.device(args.value()).ifindex;
    } else if (word === "iif") {
      context.device(args.value());
      this.impossible = true;
    } else if (word === "mark") {
      parseNamed(args.value(), parseUnsigned, "invalid mark value");
      this.impossible = true;
    } else if (matches(word, "metric", "priority", "preference")) {
      this.metric = parseNamed(args.value(), parseUnsigned, '"metric" value is invalid\n');
    } else if (word === "via") this.gateway = prefix(args.value());
    else if (word === "src") this.source = prefix(args.value());
    else if (matches(word, "realms")) throw notModelled("ip", "realms");
    else if (matches(word, "from")) this.impossible = (prefix(args.value())?.length ?? 0) > 0;
    else this.takeDestination(word === "to" ? args.value() : word, args, prefix);
  }

  private takeDestination(
    word: string,
    args: Args,
    prefix: (text: string) => Ipv4Prefix | undefined,
  ): void {
    if (matches(word, "root")) this.root = prefix(args.value());
    else if (matches(word, "match")) this.match = prefix(args.value());
    else {
      const exact = prefix(matches(word, "exact") ? args.value() : word);
      this.root = exact;
      this.match = exact;
    }
  }

  matches(route: RouteMessage): boolean {
    const hop = route.nextHops.length === 1 ? route.nextHops[0] : undefined;
    const within = (wanted: Ipv4Prefix | undefined, address: Ipv4 | undefined): boolean =>
      wanted === undefined || (address !== undefined && prefixContains(wanted, address));
    return (
      !this.impossible &&
      (this.table === 0 || route.table === this.table) &&
      (this.type === undefined || route.type === this.type) &&
      (this.protocol === undefined || route.protocol === this.protocol) &&
      (this.scope === undefined || route.scope === this.scope) &&
      (this.device === undefined || route.nextHops.some((item) => item.ifindex === this.device)) &&
      (this.metric === undefined || route.metric === this.metric) &&
      (this.tos === undefined || route.tos === this.tos) &&
      within(this.gateway, hop?.gateway) &&
      within(this.source, route.preferredSource) &&
      this.matchesDestination(route)
    );
  }

  matchesDestination(route: {
    readonly destination: Ipv4;
    readonly prefixLength: number;
  }): boolean {
    const { root, match } = this;
    const { destination, prefixLength } = route;
    if (root && (prefixLength < root.length || !prefixContains(root, destination))) return false;
    if (!match) return true;
    return (
      prefixLength <= match.length &&
      networkOf(match.address, prefixLength) === networkOf(destination, prefixLength)
    );
  }

  allowsDevice(ifindex: number): boolean {
    return this.device === undefined || this.device === ifindex;
  }

  /** The fields that need not be printed; a shorter prefix than an address fixes nothing. */
  get fixed(): Fixed {
    return {
      table: this.table !== 0,
      gateway: this.gateway?.length === 32,
      source: this.source?.length === 32,
      device: this.device !== undefined,
      protocol: this.protocol !== undefined,
      scope: this.scope !== undefined,
      metric: this.metric !== undefined,
      tos: this.tos !== undefined,
    };
  }
}

function parseNamed<T>(value: string, parse: (word: string) => T | undefined, error: string): T {
  const parsed = parse(value);
  if (parsed === undefined) throw invalidArgument(error, value);
  return parsed;
}
