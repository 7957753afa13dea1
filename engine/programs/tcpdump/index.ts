import type { Program } from "../../kernel/process/program.ts";
import { tcpdump } from "./tcpdump.ts";

export const TCPDUMP: readonly Program[] = [tcpdump];
