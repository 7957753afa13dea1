/**
 * Records what this machine's own tools (Debian 12) answer to the command lines of commands/*.txt,
 * for recorded.test.ts:
 *
 *     npx tsx test/programs/everyday/record.ts
 *
 * Each line runs in bash, in a fresh directory with the seed files, with LC_ALL=C and TZ=UTC.
 * Output is kept as Latin-1, one character a byte.
 */
import { spawnSync } from "node:child_process";
import {
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SEED_DIRECTORIES, SEED_FILES, SEED_LINK, SEED_SECONDS, type Recorded } from "./seed.ts";

const folder = new URL("./commands/", import.meta.url).pathname;
const directory = "/tmp/everyday";

function prepare(): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [name, content] of Object.entries(SEED_FILES)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(content, "latin1"));
    utimesSync(path, SEED_SECONDS, SEED_SECONDS);
  }
  symlinkSync(SEED_LINK.target, join(directory, SEED_LINK.name));
  lutimesSync(join(directory, SEED_LINK.name), SEED_SECONDS, SEED_SECONDS);
  for (const name of SEED_DIRECTORIES)
    utimesSync(join(directory, name), SEED_SECONDS, SEED_SECONDS);
}

function record(command: string): Recorded {
  prepare();
  const result = spawnSync("/bin/bash", ["--norc", "-c", command], {
    cwd: directory,
    argv0: "bash",
    input: "",
    env: {
      LC_ALL: "C",
      TZ: "UTC",
      HOME: "/root",
      PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
      SHLVL: "1",
    },
    timeout: 10_000,
  });
  if (result.status === null) throw new Error(`ended by ${result.signal}: ${command}`);
  return {
    command,
    stdout: result.stdout.toString("latin1"),
    stderr: result.stderr.toString("latin1"),
    exit: result.status,
  };
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
  const commands = readFileSync(join(folder, file), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("# "));
  const recorded = commands.map(record);
  const json = file.replace(/\.txt$/, ".json");
  writeFileSync(join(folder, json), `${JSON.stringify(recorded, undefined, 1)}\n`);
  console.log(`${json}: ${recorded.length} commands`);
}
rmSync(directory, { recursive: true, force: true });
