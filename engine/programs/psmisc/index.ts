import type { Program } from "../../kernel/process/program.ts";
import { killall } from "./killall.ts";
import { pstree } from "./pstree.ts";

export const PSMISC: readonly Program[] = [killall, pstree];
