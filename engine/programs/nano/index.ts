import type { Program } from "../../kernel/process/program.ts";
import { nano } from "./nano.ts";

export const NANO: readonly Program[] = [nano];
