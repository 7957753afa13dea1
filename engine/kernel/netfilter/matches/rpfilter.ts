/** Whether the way back to the source is the way the packet came. Linux net/ipv4/netfilter/ipt_rpfilter.c. */
import { isMulticast } from "../../../net/address.ts";
import { onlyFrom } from "../xtables/check.ts";
import { defineMatch } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";

const FLAGS = ["loose", "validmark", "accept-local", "invert"] as const;
type Flag = (typeof FLAGS)[number];

function hasWayBack({ ip, packet, input, netns }: HookContext, flags: ReadonlySet<Flag>): boolean {
  if (!input || input.isLoopback || isMulticast(ip.dst) || ip.dst === 0xffffffff) return true;
  if (ip.src === 0) return true;
  const found = netns.fib.lookupAside((flow) => {
    flow.dst = ip.src;
    flow.tos = ip.tos;
    flow.iif = netns.loopback.ifindex;
    if (flags.has("validmark")) flow.mark = packet.mark;
  });
  if (typeof found === "string") return false;
  if (found.type !== "unicast" && !(found.type === "local" && flags.has("accept-local"))) {
    return false;
  }
  return flags.has("loose") || found.info.nextHops.some(({ device }) => device === input);
}

export const rpfilter = defineMatch<ReadonlySet<Flag>>({
  name: "rpfilter",
  docs: {
    summary: "whether the way back to the source is the way the packet came",
    examples: ["-t raw -m rpfilter --invert"],
  },
  options: Object.fromEntries(FLAGS.map((flag) => [flag, "flag" as const])),
  parse: (options) => new Set(options.map(({ name }) => name as Flag)),
  save: (flags) => FLAGS.map((flag) => (flags.has(flag) ? ` --${flag}` : "")).join(""),
  list: (flags) => ` rpfilter${FLAGS.map((flag) => (flags.has(flag) ? ` ${flag}` : "")).join("")}`,
  check: (_, context) =>
    (context.table === "raw" || context.table === "mangle") && onlyFrom(context, ["PREROUTING"]),
  evaluate: (flags, context) => hasWayBack(context, flags) !== flags.has("invert"),
});
