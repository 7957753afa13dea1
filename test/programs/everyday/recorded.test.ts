import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { everydayMachine, type EverydayMachine } from "./everyday-machine.ts";
import { SEED_DIRECTORIES, SEED_FILES, SEED_LINK, SEED_SECONDS, type Recorded } from "./seed.ts";

const folder = new URL("./commands/", import.meta.url);

function seeded(): EverydayMachine {
  const machine = everydayMachine();
  const octal = (text: string) =>
    [...text].map((char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`).join("");
  const lines = ["mkdir -p /tmp/seed/d/sub", "cd /tmp/seed"];
  for (const [name, content] of Object.entries(SEED_FILES)) {
    lines.push(`printf '${octal(content)}' > ${name}`);
  }
  lines.push(`ln -s ${SEED_LINK.target} ${SEED_LINK.name}`);
  const names = [...Object.keys(SEED_FILES), ...SEED_DIRECTORIES.toReversed()].join(" ");
  lines.push(`touch -d @${SEED_SECONDS} ${names}`);
  expect(machine.run(lines.join("\n")).exit).toBe(0);
  return machine;
}

const machine = seeded();

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const recorded = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Recorded[];
  describe(`${file.replace(".json", "")} says what Debian's says`, () => {
    test.each(recorded.map((each) => [each.command, each] as const))("%s", (command, expected) => {
      machine.run("rm -rf /tmp/everyday; cp -a /tmp/seed /tmp/everyday");
      const result = machine.run(`cd /tmp/everyday; ${command}`);
      // The host shows output as UTF-8, the recording is bytes.
      const bytes = (text: string) =>
        Buffer.from(text, "latin1").toString("utf8").replaceAll("\ufffd", "?");
      expect({
        stdout: result.stdout.replaceAll("\ufffd", "?"),
        stderr: result.stderr,
        exit: result.exit,
      }).toEqual({ stdout: bytes(expected.stdout), stderr: expected.stderr, exit: expected.exit });
    });
  });
}
