import type { Program } from "../../kernel/process/program.ts";
import { mawk } from "./mawk.ts";

/** Debian's alternatives make awk a link to mawk. */
export const awk: Program = { ...mawk, name: "awk" };
