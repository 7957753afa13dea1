/** Every program, one line a package. A machine's disk image says which of them it has. */
import type { Program } from "../kernel/process/program.ts";
import { BASH } from "./bash/index.ts";
import { COREUTILS } from "./coreutils/index.ts";
import { IPROUTE2 } from "./iproute2/index.ts";
import { IPUTILS_PING } from "./iputils-ping/index.ts";
import { TCPDUMP } from "./tcpdump/index.ts";
import { TRACEROUTE } from "./traceroute/index.ts";

export const PROGRAMS: readonly Program[] = [
  BASH,
  COREUTILS,
  IPROUTE2,
  IPUTILS_PING,
  TCPDUMP,
  TRACEROUTE,
].flat();
