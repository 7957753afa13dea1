/** What a window runs beside its terminals. */
import { expect, test } from "vitest";
import type { Notice } from "../../engine/session.ts";
import { TestSession, value } from "../support/session.ts";

const LAB = `podwire: 1
nodes:
  - name: pc
    kind: host
    at: [0, 0]
`;

function ended(session: TestSession): Extract<Notice, { kind: "command-ended" }>[] {
  return session.notices.filter((notice) => notice.kind === "command-ended");
}

test("a command runs as the machine's user, and its end is told", () => {
  const test = TestSession.open(LAB);
  const command = value(test.session.runCommand("pc", "id -un; hostname >&2; exit 3"));
  expect(ended(test)).toEqual([]);
  test.pass(1);
  expect(ended(test)).toEqual([
    { kind: "command-ended", command, exitCode: 3, output: "root\npc\n" },
  ]);
});

test("commands run side by side, and each has a name", () => {
  const test = TestSession.open(LAB);
  const slow = value(test.session.runCommand("pc", "sleep 2; echo slow"));
  const fast = value(test.session.runCommand("pc", "echo fast"));
  test.pass(1);
  expect(ended(test).map(({ command }) => command)).toEqual([fast]);
  test.pass(2);
  expect(ended(test).map(({ command, output }) => [command, output])).toEqual([
    [fast, "fast\n"],
    [slow, "slow\n"],
  ]);
});

test("only the end of a long output is told", () => {
  const test = TestSession.open(LAB);
  value(test.session.runCommand("pc", "seq 5000"));
  test.pass(5);
  const [{ output } = { output: "" }] = ended(test);
  expect(output.length).toBeLessThan(5000);
  expect(output).toMatch(/\n4999\n5000\n$/);
});

test("a machine that is switched off runs nothing", () => {
  const test = TestSession.open(LAB);
  test.edit({ kind: "set-power", node: "pc", on: false });
  expect(test.session.runCommand("pc", "true")).toEqual({
    ok: false,
    problems: [{ message: "pc is switched off" }],
  });
});

test("a terminal can be opened for one command", () => {
  const test = TestSession.open(LAB);
  const size = { columns: 80, rows: 24 };
  const terminal = value(test.session.openTerminal("pc", size, "hostname; tty"));
  test.pass(1);
  expect(test.screen(terminal)).toBe("pc\n/dev/pts/0\n");
  expect(test.notices).toContainEqual({ kind: "terminal-closed", terminal, exitCode: 0 });
});

test("a remembered tab keeps its command", () => {
  const test = TestSession.open(LAB);
  test.session.setTerminalTabs([{ node: "pc", title: "log", command: "tail -f /tmp/log" }]);
  const again = TestSession.open(test.session.save());
  expect(again.view.terminals).toEqual([{ node: "pc", title: "log", command: "tail -f /tmp/log" }]);
});
