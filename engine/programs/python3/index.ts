import type { Program } from "../../kernel/process/program.ts";
import { python3 } from "./python3.ts";

export const PYTHON3: readonly Program[] = [python3];
