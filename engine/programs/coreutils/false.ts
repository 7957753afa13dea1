import type { Program } from "../../kernel/process/program.ts";
import { constantProgram } from "../support/constant-program.ts";

/** A reserved word cannot name a constant. */
export const falseProgram: Program = constantProgram("false", "do nothing, unsuccessfully", 1);
