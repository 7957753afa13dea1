import type { Program } from "../../kernel/process/program.ts";
import { free } from "./free.ts";
import { kill } from "./kill.ts";
import { pgrep } from "./pgrep.ts";
import { pkill } from "./pkill.ts";
import { ps } from "./ps/ps.ts";
import { sysctl } from "./sysctl.ts";
import { top } from "./top/top.ts";
import { uptime } from "./uptime.ts";
import { w } from "./w.ts";
import { watch } from "./watch.ts";

export const PROCPS: readonly Program[] = [
  free,
  kill,
  pgrep,
  pkill,
  ps,
  sysctl,
  top,
  uptime,
  w,
  watch,
];
