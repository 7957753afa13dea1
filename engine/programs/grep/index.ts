import type { Program } from "../../kernel/process/program.ts";
import { grep, egrep, fgrep } from "./grep.ts";

export const GREP: readonly Program[] = [grep, egrep, fgrep];
