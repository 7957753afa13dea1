import type { Program } from "../../kernel/process/program.ts";
import { grepProgram } from "./grep-program.ts";

export const grep: Program = grepProgram("grep", "basic", "print lines that match patterns");
export const egrep: Program = grepProgram(
  "egrep",
  "extended",
  "print lines that match patterns (grep -E)",
);
export const fgrep: Program = grepProgram(
  "fgrep",
  "fixed",
  "print lines that match patterns (grep -F)",
);
