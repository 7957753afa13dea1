import type { Program } from "../../kernel/process/program.ts";
import { which } from "./which.ts";

export const DEBIANUTILS: readonly Program[] = [which];
