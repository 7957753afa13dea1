import type { Program } from "../../kernel/process/program.ts";
import { ipvsadm, ipvsadmRestore, ipvsadmSave } from "./ipvsadm.ts";

/** Debian package ipvsadm. */
export const IPVSADM: readonly Program[] = [ipvsadm, ipvsadmSave, ipvsadmRestore];
