/** What is configured in one network namespace, written in one way. */
import { formatAddressText, parseAddressText } from "../text/address-text.ts";
import { formatFdbText, parseFdbText } from "../text/fdb-text.ts";
import { formatNeighbourText, parseNeighbourText } from "../text/neighbour-text.ts";
import { formatRouteText, parseRouteText } from "../text/route-text.ts";
import { formatRuleText, parseRuleText } from "../text/rule-text.ts";
import { respell } from "../text/respell.ts";
import type { Mac } from "../../net/address.ts";
import { canonicalLink } from "./canonical-link.ts";
import { compact, emptyToUndefined, list, record, same, unless } from "./leave-out.ts";
import type { NetworkFile } from "./schema.ts";

const LOOPBACK_MTU = 65536;
const LOOPBACK_ADDRESSES = ["127.0.0.1/8"];

type Inside = Omit<NetworkFile, "interfaces">;

/** `bridgeMac`: the one that br0 has when nothing else is said. */
export function canonicalNetwork(
  network: NetworkFile,
  namespace: string | undefined,
  bridgeMac: Mac | undefined,
): Inside {
  const usualUp = namespace === undefined;
  const loopback =
    network.loopback &&
    emptyToUndefined(
      compact({
        up: unless(network.loopback.up, usualUp),
        mtu: unless(network.loopback.mtu, LOOPBACK_MTU),
        addresses: canonicalLoopbackAddresses(
          network.loopback.addresses,
          network.loopback.up ?? usualUp,
        ),
      }),
    );
  return compact<Inside>({
    loopback,
    links: list(network.links?.map((link) => canonicalLink(link, namespace, bridgeMac))),
    routes: list(network.routes?.map((text) => respell(text, parseRouteText, formatRouteText))),
    rules: list(canonicalRules(network.rules ?? [])),
    neighbours: list(
      network.neighbours?.map((text) => respell(text, parseNeighbourText, formatNeighbourText)),
    ),
    fdb: list(network.fdb?.map((text) => respell(text, parseFdbText, formatFdbText))),
    sysctls: record(network.sysctls, (value) => canonicalSysctl(value)),
  });
}

/** By their priorities, as the kernel keeps them. */
function canonicalRules(rules: readonly string[]): string[] {
  const spelt = rules.map((text) => respell(text, parseRuleText, formatRuleText));
  return spelt.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** The kernel gives the loopback device its address when it is set up. */
function canonicalLoopbackAddresses(
  addresses: readonly string[] | undefined,
  up: boolean,
): string[] | undefined {
  const spelt = addresses?.map((text) => respell(text, parseAddressText, formatAddressText));
  return same(spelt, up ? LOOPBACK_ADDRESSES : []) ? undefined : spelt;
}

/** Numbers and words as /proc/sys shows them; a number stays a number in the file. */
function canonicalSysctl(value: string | number | boolean): string | number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  return /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}
