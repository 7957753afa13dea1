import type { Program } from "../../kernel/process/program.ts";
import { find } from "./find.ts";
import { xargs } from "./xargs.ts";

export const FINDUTILS: readonly Program[] = [find, xargs];
