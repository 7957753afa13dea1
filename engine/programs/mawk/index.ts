import type { Program } from "../../kernel/process/program.ts";
import { awk } from "./awk.ts";
import { mawk } from "./mawk.ts";

export const MAWK: readonly Program[] = [awk, mawk];
