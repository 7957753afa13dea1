import type { Program } from "../../kernel/process/program.ts";
import { wget } from "./wget.ts";

export const WGET: readonly Program[] = [wget];
