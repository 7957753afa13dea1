import type { Program } from "../../kernel/process/program.ts";
import { man } from "./man.ts";

export const MAN_DB: readonly Program[] = [man];
