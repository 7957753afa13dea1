import type { Program } from "../../kernel/process/program.ts";
import { iperf3 } from "./iperf3.ts";

export const IPERF3: readonly Program[] = [iperf3];
