import type { Program } from "../../kernel/process/program.ts";
import { ssh } from "./ssh.ts";

export const OPENSSH_CLIENT: readonly Program[] = [ssh];
