import type { Program } from "../../kernel/process/program.ts";
import { dhclient } from "./dhclient.ts";

export const ISC_DHCP_CLIENT: readonly Program[] = [dhclient];
