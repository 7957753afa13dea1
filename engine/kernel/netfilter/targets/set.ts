/** Puts what a packet is into an IP set, or takes it out. Linux net/netfilter/xt_set.c. */
import type { PacketQuery } from "../ipset/ipset.ts";
import { formatSetUse, parseSetUse, type SetUse } from "../ipset/set-use.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { requireUnsigned } from "../xtables/options.ts";

interface SetChange {
  readonly add: SetUse | undefined;
  readonly remove: SetUse | undefined;
  /** Copies the mark of the set's element to the packet. */
  readonly map: SetUse | undefined;
  readonly exist: boolean;
  /** Seconds. */
  readonly timeout: number | undefined;
}

/** IPSET_MAX_TIMEOUT */
const MAX_TIMEOUT = 0xffffffff / 1000 / 2;

const MAP_QUERY: Omit<PacketQuery, "directions"> = {
  returnNoMatch: false,
  updatesCounters: true,
  updatesSubcounters: true,
  wants: () => true,
};

function format({ add, remove, map, exist, timeout }: SetChange, dashes: "--" | ""): string {
  let text = "";
  if (add) text += ` ${dashes}add-set ${formatSetUse(add)}`;
  if (exist) text += ` ${dashes}exist`;
  if (timeout !== undefined) text += ` ${dashes}timeout ${timeout}`;
  if (remove) text += ` ${dashes}del-set ${formatSetUse(remove)}`;
  if (map) text += ` ${dashes}map-set ${formatSetUse(map)} ${dashes}map-mark`;
  return text;
}

export const SET = defineTarget<SetChange>({
  name: "SET",
  docs: { summary: "adds to, deletes from or asks an IP set", examples: [] },
  options: {
    "add-set": "arguments",
    "del-set": "arguments",
    "map-set": "arguments",
    exist: "flag",
    timeout: "argument",
    "map-mark": "flag",
    "map-prio": "flag",
    "map-queue": "flag",
  },
  parse(options, context) {
    const find = (name: string) => options.find((one) => one.name === name);
    const use = (name: string): SetUse | undefined => {
      const option = find(name);
      return option && parseSetUse(option.value, context);
    };
    const [add, remove, map] = [use("add-set"), use("del-set"), use("map-set")];
    if (!add && !remove && !map) {
      throw new UsageError("You must specify either `--add-set' or `--del-set' or `--map-set'");
    }
    for (const name of ["map-prio", "map-queue"]) {
      if (find(name)) throw new UsageError(`Podwire does not model SET --${name}`);
    }
    if (map && !find("map-mark")) {
      throw new UsageError("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'");
    }
    const timeout = find("timeout");
    return {
      add,
      remove,
      map,
      exist: find("exist") !== undefined,
      timeout: timeout && requireUnsigned("SET", timeout, Math.floor(MAX_TIMEOUT)),
    };
  },
  save: (change) => format(change, "--"),
  list: (change) => format(change, ""),
  check: ({ map }, { table }) => !map || table === "mangle",
  usesSets: ({ add, remove, map }) =>
    [add, remove, map].filter((use) => use !== undefined).map(({ name }) => name),
  evaluate({ add, remove, map, exist, timeout }, context) {
    const { sets } = context.netns.netfilter;
    if (add) sets.addPacket(add.name, context, add.directions, timeout, exist);
    if (remove) sets.deletePacket(remove.name, context, remove.directions);
    if (map) {
      const found = sets.findPacket(map.name, context, { ...MAP_QUERY, ...map });
      if (found) {
        const { mark, mask } = found.skbinfo;
        context.packet.mark = ((context.packet.mark & ~mask) ^ mark) >>> 0;
      }
    }
    return "continue";
  },
});
