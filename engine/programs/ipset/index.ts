import type { Program } from "../../kernel/process/program.ts";
import { ipset } from "./ipset.ts";

/** Debian package ipset. */
export const IPSET: readonly Program[] = [ipset];
