import type { Program } from "../../kernel/process/program.ts";
import { getent } from "./getent.ts";

export const LIBC_BIN: readonly Program[] = [getent];
