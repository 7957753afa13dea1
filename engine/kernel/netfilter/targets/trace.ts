/** Marks a packet to be followed through the tables. Linux net/netfilter/xt_TRACE.c. */
import { defineTarget } from "../xtables/extension.ts";

export const TRACE = defineTarget<undefined>({
  name: "TRACE",
  docs: {
    summary: "each rule that the packet meets from here on goes to the kernel's log (legacy)",
    examples: ["-t raw -j TRACE"],
  },
  options: {},
  parse: () => undefined,
  save: () => "",
  list: () => "",
  check: (_, { table, flavour }) => flavour === "nft" || table === "raw",
  evaluate(_, { packet }) {
    packet.traced = true;
    return "continue";
  },
});
