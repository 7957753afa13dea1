import Router from "@lucide/svelte/icons/router";
import { type Kind, MACHINE_SIZE } from "./kind.ts";

export const router: Kind = {
  id: "router",
  title: "Router",
  summary: "Links networks",
  keywords: "gateway forward layer 3 machine node linux",
  icon: Router,
  tone: "router",
  size: MACHINE_SIZE,
  shortcut: "R",
  add: (at) => ({ kind: "add-node", node: "router", at }),
};
