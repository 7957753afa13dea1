import { describe, expect, test } from "vitest";
import { everydayMachine, screenAfter } from "../everyday/everyday-machine.ts";

describe("nano", () => {
  test("opens, edits, saves and leaves", () => {
    const machine = everydayMachine();
    const terminal = machine.openTerminal();
    const opened = screenAfter(terminal.type("nano note\r"));
    expect(opened[0]).toContain("GNU nano 7.2");
    expect(opened[0]).toContain("note");
    expect(opened[21]).toContain("[ New File ]");
    const typed = screenAfter(terminal.type("hello\rworld"));
    expect(typed.slice(1, 3)).toEqual(["hello", "world"]);
    expect(typed[0]).toContain("Modified");
    expect(screenAfter(terminal.type("\x0f"))[21]).toBe("File Name to Write: note");
    expect(screenAfter(terminal.type("\r"))[21]).toContain("[ Wrote 2 lines ]");
    expect(terminal.type("\x18")).toContain("\x1b[?1049l");
    expect(machine.run("cat note").stdout).toBe("hello\nworld\n");
  });

  test("asks before it throws changes away", () => {
    const machine = everydayMachine();
    const terminal = machine.openTerminal();
    terminal.type("nano note\r");
    terminal.type("x");
    expect(screenAfter(terminal.type("\x18"))[21]).toContain("Save modified buffer?");
    expect(terminal.type("n")).toContain("\x1b[?1049l");
    expect(machine.run("cat note").exit).toBe(1);
  });

  test("cuts lines, puts them back and searches", () => {
    const machine = everydayMachine();
    machine.run("seq 1 9 > n");
    const terminal = machine.openTerminal();
    terminal.type("nano n\r");
    terminal.type("\x0b\x0b");
    expect(screenAfter(terminal.type("\x1b[B\x15")).slice(1, 6)).toEqual(["3", "1", "2", "4", "5"]);
    terminal.type("\x17");
    terminal.type("8\r");
    expect(screenAfter(terminal.type("\x03"))[21]).toContain("line 8/10, col 1/2");
  });
});
