import type { Program } from "../../kernel/process/program.ts";
import { brctl } from "./brctl.ts";

export const BRIDGE_UTILS: readonly Program[] = [brctl];
