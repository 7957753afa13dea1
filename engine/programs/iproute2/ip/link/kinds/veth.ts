import { Exit } from "../../../support/args.ts";
import { parseLinkWords, toNewLink } from "../parse.ts";
import type { LinkKind } from "./kind.ts";

export const veth: LinkKind = {
  name: "veth",
  usage:
    "Usage: ip link <options> type veth [peer <options>]\n" +
    "To get <options> type 'ip link add help'\n",
  parse(context, args) {
    if (args.done) return {};
    const word = args.take();
    if (word !== "peer") throw new Exit(1, "", veth.usage);
    return { peer: toNewLink(parseLinkWords(context, args)) };
  },
};
