import type { Program } from "../../kernel/process/program.ts";
import { sed } from "./sed.ts";

export const SED: readonly Program[] = [sed];
