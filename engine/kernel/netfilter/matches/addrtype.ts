/** What kind of address it is to the routing tables. Linux net/netfilter/xt_addrtype.c. */
import type { Ipv4 } from "../../../net/address.ts";
import type { RouteType } from "../../rtnetlink/messages.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { not } from "../xtables/options.ts";

const TYPES = [
  "UNSPEC",
  "UNICAST",
  "LOCAL",
  "BROADCAST",
  "ANYCAST",
  "MULTICAST",
  "BLACKHOLE",
  "UNREACHABLE",
  "PROHIBIT",
  "THROW",
  "NAT",
  "XRESOLVE",
] as const;
type Type = (typeof TYPES)[number];

interface TypeTest {
  readonly types: readonly Type[];
  readonly negated: boolean;
}

interface AddrtypeTest {
  readonly source: TypeTest | undefined;
  readonly destination: TypeTest | undefined;
  readonly limit: "in" | "out" | undefined;
}

function parseTypes(text: string): Type[] {
  const typed = text.split(",").map((word) => {
    const found = TYPES.find((type) => type === word.toUpperCase());
    if (!found) throw new UsageError(`addrtype: bad type "${word}"`);
    return found;
  });
  return TYPES.filter((type) => typed.includes(type));
}

function passes(
  test: TypeTest | undefined,
  address: Ipv4,
  context: HookContext,
  limit: "in" | "out" | undefined,
): boolean {
  if (!test) return true;
  const device = limit === "in" ? context.input : limit === "out" ? context.output : undefined;
  if (address === 0) return test.types.includes("UNSPEC") !== test.negated;
  const type: RouteType = context.netns.fib.addressType(address, device);
  return test.types.includes(type.toUpperCase() as Type) !== test.negated;
}

export const addrtype = defineMatch<AddrtypeTest>({
  name: "addrtype",
  docs: { summary: "kind of address", examples: ["-m addrtype --dst-type LOCAL"] },
  options: {
    "src-type": "argument",
    "dst-type": "argument",
    "limit-iface-in": "flag",
    "limit-iface-out": "flag",
  },
  negatable: ["src-type", "dst-type"],
  exclusive: [["limit-iface-in", "limit-iface-out"]],
  parse(options) {
    let test: AddrtypeTest = { source: undefined, destination: undefined, limit: undefined };
    for (const { name, value, negated } of options) {
      if (name === "src-type") test = { ...test, source: { types: parseTypes(value), negated } };
      else if (name === "dst-type") {
        test = { ...test, destination: { types: parseTypes(value), negated } };
      } else test = { ...test, limit: name === "limit-iface-in" ? "in" : "out" };
    }
    if (!test.source && !test.destination) {
      throw new UsageError("addrtype: you must specify --src-type or --dst-type");
    }
    return test;
  },
  save({ source, destination, limit }) {
    let text = "";
    if (source) text += `${not(source.negated)} --src-type ${source.types.join(",")}`;
    if (destination) {
      text += `${not(destination.negated)} --dst-type ${destination.types.join(",")}`;
    }
    return limit ? `${text} --limit-iface-${limit}` : text;
  },
  list({ source, destination, limit }) {
    let text = " ADDRTYPE match";
    if (source) text += ` src-type ${source.negated ? "!" : ""}${source.types.join(",")}`;
    if (destination) {
      text += ` dst-type ${destination.negated ? "!" : ""}${destination.types.join(",")}`;
    }
    return limit ? `${text} limit-${limit}` : text;
  },
  check({ limit }, { hooks }) {
    if (limit === "in") return !hooks.has("OUTPUT") && !hooks.has("POSTROUTING");
    return limit !== "out" || (!hooks.has("PREROUTING") && !hooks.has("INPUT"));
  },
  evaluate({ source, destination, limit }, context) {
    const { src, dst } = context.ip;
    return passes(source, src, context, limit) && passes(destination, dst, context, limit);
  },
});
