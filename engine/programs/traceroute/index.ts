import type { Program } from "../../kernel/process/program.ts";
import { traceroute } from "./traceroute.ts";

export const TRACEROUTE: readonly Program[] = [traceroute];
