import { expect, test } from "vitest";
import { ShellTerminal } from "./shell-terminal.ts";

test("Ctrl-C ends the foreground job and the rest of its line", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 100; echo no\r");
  terminal.type("\x03");
  expect(terminal.lines).toEqual(["$ sleep 100; echo no", "^C", "$"]);
  terminal.type("echo $?\r");
  expect(terminal.lines.at(-2)).toBe("130");
});

test("Ctrl-Z stops a job; bg, jobs and fg know it", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 100\r");
  terminal.type("\x1a");
  expect(terminal.lines).toEqual([
    "$ sleep 100",
    "^Z",
    "[1]+  Stopped                 sleep 100",
    "$",
  ]);
  terminal.type("bg\r");
  expect(terminal.lines.at(-2)).toBe("[1]+ sleep 100 &");
  terminal.type("jobs\r");
  expect(terminal.lines.at(-2)).toBe("[1]+  Running                 sleep 100 &");
  terminal.type("fg %sleep\r");
  expect(terminal.lines.at(-2)).toBe("sleep 100");
  terminal.type("\x03");
  expect(terminal.lastLine).toBe("$");
  terminal.type("jobs\r");
  expect(terminal.lines.at(-2)).toBe("$ jobs");
});

test("a background job tells its number, and its end before the next prompt", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 1 &\r");
  expect(terminal.lines[1]).toMatch(/^\[1\] \d+$/);
  terminal.wait(2);
  terminal.type("\r");
  expect(terminal.lines.slice(-2)).toEqual(["[1]+  Done                    sleep 1", "$"]);
});

test("current and previous jobs are marked", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 100 &\r");
  terminal.type("sleep 200 &\r");
  terminal.type("sleep 300 &\r");
  terminal.type("jobs\r");
  expect(terminal.lines.slice(-4, -1)).toEqual([
    "[1]   Running                 sleep 100 &",
    "[2]-  Running                 sleep 200 &",
    "[3]+  Running                 sleep 300 &",
  ]);
  terminal.type("kill %2\r");
  terminal.type("\r");
  expect(terminal.lines).toContain("[2]-  Terminated              sleep 200");
});

test("stopped jobs hold the first exit up", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 100\r");
  terminal.type("\x1a");
  terminal.type("exit\r");
  expect(terminal.lines.slice(-3)).toEqual(["logout", "There are stopped jobs.", "$"]);
  expect(terminal.exitStatus).toBeUndefined();
  terminal.type("exit\r");
  expect(terminal.exitStatus).toBeDefined();
});

test("a pipeline is one job: one key stops it all", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 100 | cat\r");
  terminal.type("\x1a");
  expect(terminal.lines.at(-2)).toBe("[1]+  Stopped                 sleep 100 | cat");
  terminal.type("fg\r");
  terminal.type("\x03");
  expect(terminal.lastLine).toBe("$");
});

test("an endless loop of the shell itself stops at Ctrl-C", () => {
  const terminal = new ShellTerminal();
  terminal.type("while :; do :; done\r");
  terminal.type("\x03");
  terminal.type("echo alive\r");
  expect(terminal.lines.slice(-2)).toEqual(["alive", "$"]);
});

test("closing the terminal hangs up the shell and its jobs", () => {
  const terminal = new ShellTerminal();
  terminal.type("sleep 1000 &\r");
  terminal.type("sleep 1000\r");
  terminal.hangUp();
  expect(terminal.exitStatus).toBeDefined();
  expect(terminal.processNames()).not.toContain("sleep");
});
