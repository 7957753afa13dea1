import { expect, test } from "vitest";
import { ShellTerminal } from "./shell-terminal.ts";
import { runShellCommand } from "./shell-machine.ts";

const bash = (script: string) => runShellCommand(["bash", "-c", script]);

test("a function that calls itself for ever ends with an error", () => {
  const result = bash("f() { f; }; f; echo no");
  expect(result.stderr).toMatch(/f: maximum function nesting level exceeded/);
  expect(result.status).toBe(1);
});

test("a thousand levels of functions are no problem", () => {
  const result = bash("f() { if [ $1 -gt 0 ]; then f $(($1 - 1)); else echo bottom; fi; }; f 1000");
  expect(result.stdout).toBe("bottom\n");
});

test("an enormous brace expansion is refused", () => {
  const result = bash("echo {1..1000000000}");
  expect(result.stderr).toMatch(
    /brace expansion: failed to allocate memory for 1000000000 elements/,
  );
  expect(result.stdout).toBe("{1..1000000000}\n");
});

test("products of braces are refused too", () => {
  const result = bash("echo {1..1000}{1..1000}{1..1000} | wc -c");
  expect(result.stderr).toMatch(/failed to allocate memory/);
});

test("deep nesting of the text does not overflow the stack", () => {
  const deep = "(".repeat(5000) + "1" + ")".repeat(5000);
  expect(bash(`echo $((${deep}))`).status).not.toBe(139);
  expect(bash("x=1; eval \"$(printf 'eval %.0s' {1..3000}) echo deep\"").stdout).toBe("deep\n");
  expect(bash(`${"{ ".repeat(3000)}echo${"; }".repeat(3000)}`).status).not.toBe(139);
});

test("a pattern with many stars takes no time", () => {
  const result = bash(`x=${"a".repeat(200)}; [[ $x == *a*a*a*a*a*a*a*a*a*a*b ]]; echo $?`);
  expect(result.stdout).toBe("1\n");
  expect(bash(`x=${"a".repeat(300)}; [[ $x =~ ^(a+)+$ ]] && echo yes`).stdout).toBe("yes\n");
  const nested = bash(`shopt -s extglob; x=${"a".repeat(60)}b; [[ $x == +(+(a)) ]]; echo $?`);
  expect(nested.stdout).toBe("1\n");
});

test("a fork bomb fills the machine's process table, and no more", () => {
  const terminal = new ShellTerminal();
  terminal.type(":(){ :|:& };:\r");
  terminal.wait(1);
  expect(terminal.screen).toContain("fork: retry: Resource temporarily unavailable");
  expect(terminal.exitStatus).toBeUndefined();
  terminal.machine.machine.powerOff();
  expect(terminal.exitStatus).toBeDefined();
});
