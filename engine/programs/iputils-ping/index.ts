import type { Program } from "../../kernel/process/program.ts";
import { ping } from "./ping.ts";

export const IPUTILS_PING: readonly Program[] = [ping];
