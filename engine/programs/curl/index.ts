import type { Program } from "../../kernel/process/program.ts";
import { curl } from "./curl.ts";

export const CURL: readonly Program[] = [curl];
