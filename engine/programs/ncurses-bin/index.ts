import type { Program } from "../../kernel/process/program.ts";
import { clear } from "./clear.ts";
import { reset } from "./reset.ts";
import { tput } from "./tput.ts";

export const NCURSES_BIN: readonly Program[] = [clear, reset, tput];
