import type { Program } from "../../kernel/process/program.ts";
import { socat } from "./socat.ts";

export const SOCAT: readonly Program[] = [socat];
