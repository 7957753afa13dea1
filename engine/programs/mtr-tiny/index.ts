import type { Program } from "../../kernel/process/program.ts";
import { mtr } from "./mtr.ts";

export const MTR_TINY: readonly Program[] = [mtr];
