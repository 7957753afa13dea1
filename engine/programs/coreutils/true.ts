import type { Program } from "../../kernel/process/program.ts";
import { constantProgram } from "../support/constant-program.ts";

/** A reserved word cannot name a constant. */
export const trueProgram: Program = constantProgram("true", "do nothing, successfully", 0);
