import type { Program } from "../../kernel/process/program.ts";
import { conntrack } from "./conntrack.ts";

/** Debian package conntrack. */
export const CONNTRACK: readonly Program[] = [conntrack];
