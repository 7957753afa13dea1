import type { Program } from "../../kernel/process/program.ts";
import { dnsmasq } from "./dnsmasq.ts";

export const DNSMASQ: readonly Program[] = [dnsmasq];
