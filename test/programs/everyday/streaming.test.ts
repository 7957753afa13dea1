import { describe, expect, test } from "vitest";
import { everydayMachine } from "./everyday-machine.ts";

const machine = everydayMachine();

describe("pipes", () => {
  test("an endless writer ends by SIGPIPE when its reader has gone", () => {
    expect(machine.run("yes | head -2; echo ${PIPESTATUS[0]}")).toMatchObject({
      stdout: "y\ny\n141\n",
      exit: 0,
    });
  });

  test("a writer that ignores SIGPIPE says what went wrong", () => {
    expect(machine.run("trap '' PIPE; (sleep 1; seq 100000) | true")).toMatchObject({
      stderr: "seq: write error: Broken pipe\n",
    });
  });

  test("grep gives up lines at once only when it is told to", () => {
    const line = (option: string) =>
      `(echo a1; sleep 2; echo b) | grep ${option} a | (timeout 1 cat; true)`;
    expect(machine.run(line("--line-buffered")).stdout).toBe("a1\n");
    expect(machine.run(line("")).stdout).toBe("");
  });

  test("stdbuf makes a filter write every line", () => {
    const line = "(echo ab; sleep 2) | stdbuf -oL cut -c1 | (timeout 1 cat; true)";
    expect(machine.run(line).stdout).toBe("a\n");
  });

  test("cat, tee and tail -f pass on what comes as it comes", () => {
    expect(
      machine.run("(echo a; sleep 2) | cat | tee /dev/null | (timeout 1 cat; true)").stdout,
    ).toBe("a\n");
    const follow = "echo 1 > log; (timeout 3 tail -f log; true) & sleep 1; echo 2 >> log; wait";
    expect(machine.run(follow).stdout).toBe("1\n2\n");
  });

  test("input without an end is refused when it has to be held", () => {
    const result = machine.run("yes | sort");
    expect(result).toMatchObject({ stdout: "", exit: 2 });
    expect(result.stderr).toContain("Cannot allocate memory");
  });
});

describe("awk is kept within bounds", () => {
  test("an endless loop can be interrupted", () => {
    expect(machine.run("timeout 1 awk 'BEGIN { while (1) i++ }'").exit).toBe(124);
  });

  test("endless recursion and growing strings end with awk's own words", () => {
    expect(machine.run("awk 'function f(n) { return f(n + 1) } BEGIN { f(1) }'")).toMatchObject({
      stderr: "mawk: program limit exceeded: eval stack size=1024\n",
      exit: 2,
    });
    expect(machine.run(`awk 'BEGIN { x = "a"; while (1) x = x x }'`)).toMatchObject({
      stderr: "mawk: out of memory\n",
      exit: 2,
    });
  });
});

test("sed's hold space does not grow without end", () => {
  expect(machine.run("yes aaaaaaaaaaaaaaaaaaaaaaaa | sed -n 'H;G;h'")).toMatchObject({
    stderr: "sed: couldn't re-allocate memory\n",
    exit: 4,
  });
});
