import Monitor from "@lucide/svelte/icons/monitor";
import { type Kind, MACHINE_SIZE } from "./kind.ts";

export const host: Kind = {
  id: "host",
  title: "Host",
  summary: "A Linux machine",
  keywords: "computer pc server client machine node debian",
  icon: Monitor,
  tone: "host",
  size: MACHINE_SIZE,
  shortcut: "H",
  add: (at) => ({ kind: "add-node", node: "host", at }),
};
