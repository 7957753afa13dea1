import { expect, test } from "vitest";
import { everydayMachine } from "../everyday/everyday-machine.ts";

const machine = everydayMachine();

test("man shows a program's name, synopsis, options and limitations", () => {
  const page = machine.run("man grep").stdout;
  expect(page).toMatch(/^GREP\(1\) +User Commands +GREP\(1\)\n/);
  for (const heading of ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "LIMITATIONS"]) {
    expect(page.split("\n")).toContain(heading);
  }
  expect(page).toContain("       grep - print lines that match patterns");
});

test("man has no page for what is not there", () => {
  expect(machine.run("man nonsense")).toMatchObject({
    stderr: "No manual entry for nonsense\n",
    exit: 16,
  });
});

test("man -k finds programs by what they do", () => {
  expect(machine.run("man -k 'calendar'").exit).toBe(16);
  expect(machine.run("man -k 'stream editor'").stdout).toContain("sed (1)");
});
