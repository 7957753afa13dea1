import type { Program } from "../../kernel/process/program.ts";
import { jq } from "./jq.ts";

export const JQ: readonly Program[] = [jq];
