import type { Program } from "../../kernel/process/program.ts";
import { ethtool } from "./ethtool.ts";

export const ETHTOOL: readonly Program[] = [ethtool];
