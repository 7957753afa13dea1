import type { Program } from "../../kernel/process/program.ts";
import { cmp } from "./cmp.ts";
import { diff } from "./diff.ts";

export const DIFFUTILS: readonly Program[] = [cmp, diff];
