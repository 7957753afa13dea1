/** How a packet is tracked. Linux net/netfilter/xt_CT.c. */
import type { Track } from "../conntrack/entry.ts";
import type { NetNamespace } from "../../netns.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { parseUnsigned } from "../xtables/options.ts";

/** An older name for `CT --notrack`. */
export const NOTRACK_ALIAS = "NOTRACK";

type ZoneSide = "zone" | "zone-orig" | "zone-reply";

interface CtConfig {
  readonly notrack: boolean;
  /** It was typed as -j NOTRACK, and is printed so. */
  readonly isAlias: boolean;
  readonly zone: { readonly side: ZoneSide; readonly id: number | "mark" } | undefined;
}

const ZONE_SIDES: readonly ZoneSide[] = ["zone", "zone-orig", "zone-reply"];
const UNMODELLED = ["helper", "timeout", "ctevents", "expevents"] as const;

/** For a packet that is not to be tracked. */
export function untracked(netns: NetNamespace): Track {
  return {
    entry: undefined,
    state: "UNTRACKED",
    direction: "original",
    owner: netns.netfilter.conntrack,
  };
}

function format({ notrack, zone }: CtConfig, dashes: "--" | ""): string {
  const zoneText = zone ? ` ${dashes}${zone.side} ${zone.id}` : "";
  return `${notrack ? ` ${dashes}notrack` : ""}${zoneText}`;
}

export const CT = defineTarget<CtConfig>({
  name: "CT",
  docs: {
    summary: "how the packet is tracked",
    examples: ["-t raw -j CT --notrack", "-t raw -j CT --zone 5"],
  },
  options: {
    notrack: "flag",
    [NOTRACK_ALIAS]: "flag",
    zone: "argument",
    "zone-orig": "argument",
    "zone-reply": "argument",
    ...Object.fromEntries(UNMODELLED.map((name) => [name, "argument" as const])),
  },
  exclusive: [[...ZONE_SIDES]],
  tracksConnections: ({ notrack }) => !notrack,
  parse(options) {
    const find = (names: readonly string[]) => options.find(({ name }) => names.includes(name));
    const other = find(UNMODELLED);
    if (other) throw new UsageError(`Podwire does not model CT --${other.name}`);
    const zone = find(ZONE_SIDES);
    const id = zone?.value === "mark" ? "mark" : parseUnsigned(zone?.value ?? "0", 65535);
    if (id === undefined) throw new UsageError(`Cannot parse ${zone?.value} as a zone ID`);
    const isAlias = find([NOTRACK_ALIAS]) !== undefined;
    return {
      notrack: isAlias || find(["notrack"]) !== undefined,
      isAlias,
      zone: zone && { side: zone.name as ZoneSide, id },
    };
  },
  savedName: ({ isAlias }) => (isAlias ? NOTRACK_ALIAS : "CT"),
  save: (config) => (config.isAlias ? "" : format(config, "--")),
  list: (config) => (config.isAlias ? " NOTRACK" : ` CT${format(config, "")}`),
  check: (_, { table }) => table === "raw",
  evaluate({ notrack, zone }, { packet, netns }) {
    if (packet.conntrack) return "continue";
    if (notrack) packet.conntrack = untracked(netns);
    else if (zone) {
      const id = zone.id === "mark" ? packet.mark & 0xffff : zone.id;
      packet.zone = { id, side: zone.side };
    }
    return "continue";
  },
});
