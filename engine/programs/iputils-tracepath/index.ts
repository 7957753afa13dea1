import type { Program } from "../../kernel/process/program.ts";
import { tracepath } from "./tracepath.ts";

export const IPUTILS_TRACEPATH: readonly Program[] = [tracepath];
