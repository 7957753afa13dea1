import type { Program } from "../../kernel/process/program.ts";
import { sysctl } from "./sysctl.ts";

export const PROCPS: readonly Program[] = [sysctl];
