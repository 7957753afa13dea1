import type { Program } from "../../kernel/process/program.ts";
import { pidof } from "./pidof.ts";

export const SYSVINIT_UTILS: readonly Program[] = [pidof];
