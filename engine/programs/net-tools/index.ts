import type { Program } from "../../kernel/process/program.ts";
import { arp } from "./arp.ts";
import { makeIfconfig } from "./ifconfig/index.ts";
import { LAYOUT_1_60 } from "./ifconfig/layout-1.60.ts";
import { LAYOUT_2_10 } from "./ifconfig/layout-2.10.ts";
import { makeNetstat } from "./netstat/index.ts";
import { route } from "./route.ts";

/** Debian 12. */
export const NET_TOOLS: readonly Program[] = [
  arp,
  makeIfconfig(LAYOUT_2_10),
  makeNetstat(LAYOUT_2_10),
  route,
];

/** Ubuntu 16.04. */
export const NET_TOOLS_1_60: readonly Program[] = [
  arp,
  makeIfconfig(LAYOUT_1_60),
  makeNetstat(LAYOUT_1_60),
  route,
];
