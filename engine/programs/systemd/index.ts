import type { Program } from "../../kernel/process/program.ts";
import { hostnamectl } from "./hostnamectl.ts";
import { journalctl } from "./journalctl.ts";
import { systemctl } from "./systemctl.ts";

export const SYSTEMD: readonly Program[] = [hostnamectl, journalctl, systemctl];
