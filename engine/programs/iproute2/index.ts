import type { Program } from "../../kernel/process/program.ts";
import { bridge } from "./bridge/index.ts";
import { ip } from "./ip/index.ts";
import { nstat } from "./nstat.ts";
import { ss } from "./ss/ss.ts";
import { tc } from "./tc/index.ts";

export const IPROUTE2: readonly Program[] = [bridge, ip, nstat, ss, tc];
