import type { Program } from "../../kernel/process/program.ts";
import { nc, netcat } from "./nc.ts";

export const NETCAT_OPENBSD: readonly Program[] = [nc, netcat];
