import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runShellCommand, shellMachine } from "./shell-machine.ts";
import type { Recorded } from "./snippets.ts";

for (const shell of ["bash", "sh"] as const) {
  const file = new URL(`./recorded/${shell}.json`, import.meta.url);
  const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly Recorded[];

  describe(`${shell} does what the real one was recorded to do`, () => {
    const machine = shellMachine();
    let count = 0;
    test.each(recorded.map((each) => [each.script, each] as const))("%s", (script, expected) => {
      const directory = `/tmp/${shell}-${count++}`;
      machine.run(function* (sys) {
        sys.mkdir(directory);
        yield* sys.yieldCpu();
        return 0;
      });
      const result = runShellCommand([shell, "-c", script], { machine, cwd: directory });
      const local = (text: string): string =>
        text.replaceAll(directory, "/tmp/work").replace(/line (\d+): +\d+ /g, "line $1: PID ");
      expect({
        stdout: local(result.stdout),
        stderr: local(result.stderr),
        status: result.status,
      }).toEqual({
        stdout: expected.stdout,
        stderr: expected.stderr,
        status: expected.status,
      });
    });
  });
}
