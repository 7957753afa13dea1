import type { Program } from "../../kernel/process/program.ts";
import { less } from "./less.ts";

export const LESS: readonly Program[] = [less];
