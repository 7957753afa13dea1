/** Whatever is typed after its name, no program of ours may break: it runs, or it refuses. */
import { expect, test } from "vitest";
import { PROGRAMS } from "../../engine/programs/index.ts";
import { lab } from "../support/lab.ts";

const ARGUMENTS = [
  "",
  "--help",
  "--version",
  "-h",
  "-Z",
  "--no-such-option",
  "x",
  "-",
  "''",
  "-- -x",
  "/etc/passwd",
  "/none/such",
  "1 2 3 4 5",
  "10.0.0.2",
  "show x",
  "-n -v -a",
  "'(' ')'",
  "-1",
  "99999999999999999999",
  "$'\\n\\t\\x01'",
];

const names = [...new Set(PROGRAMS.map((program) => program.name))];

test.each(names)("%s breaks at nothing", (name) => {
  const { a } = lab("a -- b");
  for (const words of ARGUMENTS) {
    // `head` ends what would write for ever.
    const command = `timeout 2 ${name} ${words} < /dev/null 2>&1 | head -c 20000`;
    const { stdout, exit } = a.types(command, 30);
    expect(stdout, command).not.toContain("internal error");
    expect(exit, command).toBeDefined();
  }
});
