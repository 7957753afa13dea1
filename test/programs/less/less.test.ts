import { describe, expect, test } from "vitest";
import { everydayMachine, screenAfter } from "../everyday/everyday-machine.ts";

function paging(command: string) {
  const machine = everydayMachine();
  machine.run("seq 1 100 > n");
  const terminal = machine.openTerminal();
  return { terminal, first: screenAfter(terminal.type(`${command}\r`)) };
}

describe("less", () => {
  test("shows a screen, goes on with space and back with b", () => {
    const { terminal, first } = paging("less n");
    expect([first[0], first[22], first[23]]).toEqual(["1", "23", "n"]);
    expect(screenAfter(terminal.type(" "))[0]).toBe("24");
    expect(screenAfter(terminal.type("b"))[0]).toBe("1");
    expect(screenAfter(terminal.type("j"))[0]).toBe("2");
  });

  test("G goes to the end, g to the start, and N to a line", () => {
    const { terminal } = paging("less n");
    const end = screenAfter(terminal.type("G"));
    expect([end[22], end[23]]).toEqual(["100", "(END)"]);
    expect(screenAfter(terminal.type("g"))[0]).toBe("1");
    expect(screenAfter(terminal.type("40g"))[0]).toBe("40");
  });

  test("searches forwards and backwards and says when nothing is found", () => {
    const { terminal } = paging("less n");
    expect(screenAfter(terminal.type("/5.*0|50\r"))[0]).toBe("50");
    expect(screenAfter(terminal.type("?2$\r"))[0]).toBe("42");
    expect(screenAfter(terminal.type("/nothing\r"))[23]).toContain("Pattern not found");
  });

  test("reads keys from the terminal when the text comes by a pipe", () => {
    const { terminal, first } = paging("seq 50 | less");
    expect(first[0]).toBe("1");
    expect(terminal.type("q")).toContain("\x1b[?1049l");
  });

  test("is cat when its output is no terminal", () => {
    expect(everydayMachine().run("seq 3 | less").stdout).toBe("1\n2\n3\n");
  });

  test("more stops after a screen and q ends it", () => {
    const { terminal } = paging("true");
    expect(terminal.type("more n\r")).toContain("23\r\n\x1b[7m--More--");
    expect(terminal.type("q")).not.toContain("24");
  });
});
