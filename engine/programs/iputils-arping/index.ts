import type { Program } from "../../kernel/process/program.ts";
import { arping } from "./arping.ts";

export const IPUTILS_ARPING: readonly Program[] = [arping];
