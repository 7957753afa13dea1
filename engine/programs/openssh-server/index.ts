import type { Program } from "../../kernel/process/program.ts";
import { sshd } from "./sshd.ts";

export const OPENSSH_SERVER: readonly Program[] = [sshd];
