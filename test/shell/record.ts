/**
 * Records what the machine's own bash 5.2 and dash do with the snippets, for recorded.test.ts:
 *
 *     npx tsx test/shell/record.ts
 *
 * Each snippet runs in an empty directory of its own, under a bare environment. SHLVL keeps
 * Debian's bash from taking the socket on standard input for rshd and reading ~/.bashrc.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { splitSnippets, type Recorded } from "./snippets.ts";

const folder = new URL("./recorded/", import.meta.url).pathname;

function record(shell: "bash" | "sh", script: string): Recorded {
  const directory = mkdtempSync(join(tmpdir(), "snippet-"));
  try {
    const result = spawnSync(shell === "bash" ? "/bin/bash" : "/bin/dash", ["-c", script], {
      cwd: directory,
      argv0: shell,
      input: "",
      env: { PATH: "/usr/bin:/bin", HOME: "/root", LANG: "C.UTF-8", SHLVL: "1" },
      encoding: "utf8",
      timeout: 10_000,
    });
    const local = (text: string): string =>
      text.replaceAll(directory, "/tmp/work").replace(/line (\d+): +\d+ /g, "line $1: PID ");
    return {
      script,
      stdout: local(result.stdout),
      stderr: local(result.stderr),
      status: result.status ?? 128 + constants.signals[result.signal ?? "SIGKILL"],
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

for (const shell of ["bash", "sh"] as const) {
  const snippets = splitSnippets(readFileSync(join(folder, `${shell}-snippets.txt`), "utf8"));
  const recorded = snippets.map((script) => record(shell, script));
  writeFileSync(join(folder, `${shell}.json`), `${JSON.stringify(recorded, undefined, 1)}\n`);
  console.log(`${shell}: ${recorded.length} snippets`);
}
