import type { Program } from "../../kernel/process/program.ts";
import { PINGS } from "./ping.ts";

export const IPUTILS_PING: readonly Program[] = PINGS;
