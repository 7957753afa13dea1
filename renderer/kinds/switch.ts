import Network from "@lucide/svelte/icons/network";
import { type Kind, MACHINE_SIZE } from "./kind.ts";

export const switchKind: Kind = {
  id: "switch",
  title: "Switch",
  summary: "Joins machines to a LAN",
  keywords: "bridge hub lan layer 2 ethernet node",
  icon: Network,
  tone: "switch",
  size: MACHINE_SIZE,
  shortcut: "S",
  add: (at) => ({ kind: "add-node", node: "switch", at }),
};
