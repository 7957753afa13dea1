/**
 * `npm run test:clients`: the real `docker` and the emulated one, on the same machine of the same
 * lab, must print the same. Needs a docker command line of the emulated one's version on the PATH;
 * without one it says so and compares nothing.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerApiServers } from "../../app/docker-api/servers.ts";
import { SessionPacer } from "../../app/engine-link/pacer.ts";
import { realTime } from "../../app/engine-link/real-time.ts";
import { createSession } from "../../engine/create-session.ts";
import type { Session } from "../../engine/session.ts";
import { COMMANDS } from "./commands.ts";

const VERSION = "28.2.2";
const LAB = "podwire: 1\nnodes:\n  - {name: web, kind: host, at: [0, 0]}\n";

interface Ended {
  readonly exit: number;
  readonly output: string;
}

type Client = (command: string) => Promise<Ended>;

async function main(): Promise<number> {
  const found = spawnSync("docker", ["--version"], { encoding: "utf8" }).stdout ?? "";
  if (!found.startsWith(`Docker version ${VERSION},`)) {
    console.log(`Skipped: there is no docker ${VERSION} here (${found.trim() || "none at all"}).`);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "podwire-clients-"));
  const emulated = new RunningLab();
  const driven = new RunningLab();
  try {
    const real = await realClient(driven, folder);
    return await compare((command) => emulated.run(command), real);
  } finally {
    await Promise.all([emulated.stop(), driven.stop()]);
    rmSync(folder, { recursive: true });
  }
}

async function compare(emulated: Client, real: Client): Promise<number> {
  let wrong = 0;
  for (const command of COMMANDS) {
    const [ours, theirs] = await Promise.all([emulated(command), real(command)]);
    const [left, right] = [ours, theirs].map(({ exit, output }) => `${plain(output)}exit ${exit}`);
    if (left === right) continue;
    wrong += 1;
    console.log(`${command}\n--- emulated\n${left}\n--- real\n${right}\n`);
  }
  console.log(`${COMMANDS.length - wrong} of ${COMMANDS.length} commands print the same.`);
  return wrong === 0 ? 0 : 1;
}

/** Without what differs: ids, numbers of processes, and durations, which a client counts by its own clock. */
function plain(output: string): string {
  return output
    .replaceAll("\r\n", "\n")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<id>")
    .replaceAll(/\b[0-9a-f]{12}\b/g, "<short>")
    .replaceAll(/Less than a second|About a minute|\d+ (?:second|minute|month)s?/g, "<duration>")
    .replaceAll(/^root +\d+ +\d+/gm, "root <pid> <pid>")
    .replaceAll(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>")
    .replaceAll(/[ \t]+/g, " ");
}

/** A lab by the clock, with a shell on its machine. */
class RunningLab {
  private readonly session: Session = createSession();
  readonly servers: DockerApiServers;
  private readonly pacer: SessionPacer;
  private readonly waiting = new Map<string, (ended: Ended) => void>();

  constructor() {
    const opened = this.session.open(LAB);
    if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
    this.servers = new DockerApiServers(this.session, () => this.pacer.kick());
    this.pacer = new SessionPacer(this.session, realTime(), {
      notices: (notices) => {
        for (const notice of notices) {
          this.servers.notice(notice);
          if (notice.kind === "command-ended")
            this.waiting.get(notice.command)?.({ exit: notice.exitCode, output: notice.output });
        }
      },
      clock: () => {},
      failure: (message) => {
        throw new Error(message);
      },
    });
  }

  run(command: string): Promise<Ended> {
    const started = this.session.runCommand(
      "web",
      `{ ${command.replaceAll("{docker}", "docker")}; } 2>&1`,
    );
    if (!started.ok) throw new Error(JSON.stringify(started.problems));
    this.pacer.kick();
    return new Promise((resolve) => this.waiting.set(started.value, resolve));
  }

  async stop(): Promise<void> {
    this.pacer.stop();
    await this.servers.stopAll();
  }
}

async function realClient(lab: RunningLab, folder: string): Promise<Client> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    DOCKER_CONFIG: folder,
    DOCKER_BUILDKIT: "0",
    DOCKER_HOST: `unix://${await lab.servers.serve("web")}`,
  };
  return (command) =>
    new Promise((resolve) => {
      const line = `{ ${command.replaceAll("{docker}", "docker")}; } 2>&1`;
      const child = spawn("bash", ["-c", line], { env, stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.on("data", (data) => (output += String(data)));
      child.on("close", (code) => resolve({ exit: code ?? 255, output }));
    });
}

process.exitCode = await main();
