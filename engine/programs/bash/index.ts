import type { Program } from "../../kernel/process/program.ts";
import { bash } from "./bash.ts";
import { dashShell, sh } from "./sh.ts";

/** bash, and dash under both its names. */
export const BASH: readonly Program[] = [bash, dashShell, sh];
