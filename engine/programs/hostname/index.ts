import type { Program } from "../../kernel/process/program.ts";
import { dnsdomainname, hostname } from "./hostname.ts";

export const HOSTNAME: readonly Program[] = [dnsdomainname, hostname];
