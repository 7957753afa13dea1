/** `docker top`: the machine's `ps -ef`, of the container's processes. */
import { SECOND } from "../../sim/clock.ts";
import type { Process } from "../../kernel/process/process.ts";
import { ApiError } from "../api/errors.ts";
import type { TopResult } from "../api/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { isoSeconds } from "../daemon/instant.ts";
import type { Container } from "./container.ts";

const FULL = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
const AUX = [
  "USER",
  "PID",
  "%CPU",
  "%MEM",
  "VSZ",
  "RSS",
  "TTY",
  "STAT",
  "START",
  "TIME",
  "COMMAND",
];

/** ApiError 409: it does not run; 501: other ps options. */
export function topOf(container: Container, psArgs: string, context: DaemonContext): TopResult {
  const { state, id, runtime } = container;
  if (!state.running || !runtime) {
    const word = context.release === "28" ? "container" : "Container";
    throw new ApiError(409, `${word} ${id} is not running`);
  }
  const wanted = psArgs.trim();
  const processes = runtime.processes();
  if (wanted === "" || wanted === "-ef") {
    return { Titles: FULL, Processes: processes.map((process) => fullLine(process, context)) };
  }
  if (wanted === "aux" || wanted === "-aux") {
    return { Titles: AUX, Processes: processes.map((process) => auxLine(process, context)) };
  }
  const columns = /^-?o\s*(.+)$/.exec(wanted)?.[1]?.split(",");
  if (!columns)
    throw new ApiError(501, `Podwire does not model 'docker top' with ps options "${psArgs}"`);
  const known = columns.map((name) => COLUMNS[name.trim()]);
  if (known.some((column) => !column)) {
    throw new ApiError(
      500,
      `Error running ps: error: unknown user-defined format specifier "${columns.join(",")}"`,
    );
  }
  return {
    Titles: known.map((column) => column?.title ?? ""),
    Processes: processes.map((process) => known.map((column) => column?.value(process) ?? "")),
  };
}

const COLUMNS: Readonly<Record<string, { title: string; value: (process: Process) => string }>> = {
  pid: { title: "PID", value: ({ pid }) => String(pid) },
  ppid: { title: "PPID", value: ({ parent }) => String(parent?.pid ?? 0) },
  user: { title: "USER", value: userName },
  uid: { title: "UID", value: ({ uid }) => String(uid) },
  cmd: { title: "CMD", value: ({ argv }) => argv.join(" ") },
  args: { title: "COMMAND", value: ({ argv }) => argv.join(" ") },
  command: { title: "COMMAND", value: ({ argv }) => argv.join(" ") },
  comm: { title: "COMMAND", value: ({ comm }) => comm },
  stat: { title: "STAT", value: stateLetters },
};

function userName({ uid }: Process): string {
  return uid === 0 ? "root" : String(uid);
}

function stateLetters({ state, isInit, session, pid }: Process): string {
  return `${state}${isInit || session === pid ? "s" : ""}`;
}

function startTime(process: Process, { clock }: DaemonContext): string {
  return isoSeconds(clock.unixSeconds(process.startNs)).slice(11, 16);
}

function terminalName({ terminal }: Process): string {
  return terminal ? `pts/${terminal.number}` : "?";
}

function cpuTime({ cpuUsedNs }: Process): string {
  const seconds = Math.floor(cpuUsedNs / SECOND);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function fullLine(process: Process, context: DaemonContext): string[] {
  return [
    userName(process),
    String(process.pid),
    String(process.parent?.pid ?? 0),
    "0",
    startTime(process, context),
    terminalName(process),
    cpuTime(process),
    process.argv.join(" "),
  ];
}

function auxLine(process: Process, context: DaemonContext): string[] {
  return [
    userName(process),
    String(process.pid),
    ...["0.0", "0.0", "4400", "1536"],
    terminalName(process),
    stateLetters(process),
    startTime(process, context),
    cpuTime(process).slice(4),
    process.argv.join(" "),
  ];
}
