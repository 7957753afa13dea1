import type { Program } from "../../kernel/process/program.ts";
import { service } from "./service.ts";

export const INIT_SYSTEM_HELPERS: readonly Program[] = [service];
