import type { Program } from "../../kernel/process/program.ts";
import { nginx } from "./nginx.ts";

export const NGINX: readonly Program[] = [nginx];
