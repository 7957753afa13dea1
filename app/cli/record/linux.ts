/** What recording asks of the machine: commands, and namespaces to run them in. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { Failure } from "../failure.ts";

const PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a command left behind. `exit` is 128 + n after a signal. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly timedOut: boolean;
}

export interface Running {
  /** Kills it after so long. */
  wait(limitMs: number): Promise<Ended>;
  interrupt(): void;
}

/** One host: fresh namespaces that live until it is closed. */
export interface Namespaces {
  readonly pid: number;
  /** Root's shell commands; throws Failure when one fails. */
  setUp(lines: readonly string[]): void;
  start(commandLine: string, stdin: string): Running;
  close(): void;
}

export interface Linux {
  /** Throws Failure: not Linux, not root, a tool is missing. */
  check(): void;
  kernel(): string;
  /** Runs on the machine itself; false: it failed. */
  run(argv: readonly string[]): boolean;
  makeNamespaces(name: string, preparations: readonly string[]): Promise<Namespaces>;
  sleep(milliseconds: number): Promise<void>;
}

const TOOLS = ["unshare", "nsenter", "ip", "ethtool", "mount", "bash"];

export const realLinux: Linux = {
  check() {
    if (process.platform !== "linux") throw new Failure("record needs Linux");
    if (process.getuid?.() !== 0) throw new Failure("record needs root: it makes namespaces");
    const missing = TOOLS.filter(
      (tool) => !PATH.split(":").some((at) => isExecutable(`${at}/${tool}`)),
    );
    if (missing.length > 0) throw new Failure(`record needs ${missing.join(", ")}`);
  },
  kernel: () => /^[0-9.]*[0-9]/.exec(release())?.[0] ?? release(),
  run(argv) {
    const [program = "", ...rest] = argv;
    return spawnSync(program, rest, { env: { PATH }, stdio: "ignore" }).status === 0;
  },
  makeNamespaces,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const KINDS = ["--net", "--mount", "--uts", "--pid", "--ipc"];

/** Their first process collects what others leave behind, as init does. */
async function makeNamespaces(name: string, preparations: readonly string[]): Promise<Namespaces> {
  const script = [
    ...preparations,
    // Nobody writes to this pipe. Bash collects children while it reads.
    "exec 9<> <(:)",
    "set +e",
    "echo ready",
    "while :; do read -r -u 9; done",
  ].join("\n");
  const options = ["--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const holder = spawn("unshare", [...KINDS, ...options, "bash", "-ec", script], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { PATH },
  });
  const said = await firstWords(holder);
  if (!said.startsWith("ready")) throw new Failure(`no namespaces for ${name}: ${said.trim()}`);
  const pid = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8"));
  const enter = ["-t", String(pid), ...KINDS, "--wdns=/root", "bash", "--norc", "-c"];
  return {
    pid,
    setUp(lines) {
      const done = spawnSync("nsenter", [...enter, ["set -e", ...lines].join("\n")], {
        env: { PATH },
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe"],
      });
      if (done.status !== 0) throw new Failure(`setting up ${name}: ${done.stderr.trim()}`);
    },
    start: (commandLine, stdin) => startCommand([...enter, commandLine], stdin),
    close() {
      // The first process takes all others of its namespaces with it.
      signal(pid, "SIGKILL");
      holder.kill("SIGKILL");
    },
  };
}

function firstWords(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let complaints = "";
    child.stderr?.on("data", (data: Buffer) => (complaints += data.toString()));
    child.stdout?.once("data", (data: Buffer) => resolve(data.toString()));
    child.once("exit", () => resolve(complaints));
  });
}

function startCommand(argv: readonly string[], stdin: string): Running {
  const child = spawn("nsenter", argv, {
    detached: true,
    env: {
      PATH: `/run/alt:${PATH}`,
      HOME: "/root",
      USER: "root",
      LOGNAME: "root",
      LC_ALL: "C",
      TZ: "UTC",
      TERM: "dumb",
      SHELL: "/bin/bash",
    },
  });
  const output: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (data: Buffer) => output[0].push(data));
  child.stderr.on("data", (data: Buffer) => output[1].push(data));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code, by) => resolve(code ?? (by === "SIGKILL" ? 137 : 128)));
  });
  const ended = (exit: number, timedOut: boolean): Ended => ({
    stdout: Buffer.concat(output[0]).toString(),
    stderr: Buffer.concat(output[1]).toString(),
    exit,
    timedOut,
  });
  return {
    async wait(limitMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), limitMs);
      });
      const exit = await Promise.race([exited, late]);
      clearTimeout(timer);
      if (exit !== undefined) return ended(exit, false);
      signalGroup(child.pid ?? 0, "SIGKILL");
      child.kill("SIGKILL");
      return ended(await exited, true);
    },
    interrupt: () => signalGroup(child.pid ?? 0, "SIGINT"),
  };
}

/** The command's process group, as a terminal would, but not nsenter itself. */
function signalGroup(group: number, name: NodeJS.Signals): void {
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === group) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) === group) signal(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}
