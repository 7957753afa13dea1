import type { Program } from "../../kernel/process/program.ts";
import { dig } from "./dig.ts";
import { host } from "./host.ts";
import { nslookup } from "./nslookup.ts";

export const BIND9_DNSUTILS: readonly Program[] = [dig, host, nslookup];
