import { expect, test } from "vitest";
import { ShellTerminal } from "./shell-terminal.ts";

const FILES = "mkdir -p /tmp/w/dir; cd /tmp/w; touch alpha alpine 'with blank' .hidden";

test("the common start is inserted first; two more Tabs list", () => {
  const terminal = new ShellTerminal(80, FILES);
  terminal.type("cat al\t");
  expect(terminal.lastLine).toBe("$ cat alp");
  terminal.type("\t\t");
  expect(terminal.lines).toEqual(["$ cat alp", "alpha   alpine", "$ cat alp"]);
});

test.each([
  ["cat wi\t", "$ cat with\\ blank"],
  ['cat "wi\t', '$ cat "with blank"'],
  ["cat 'wi\t", "$ cat 'with blank'"],
  ["cd d\t", "$ cd dir/"],
  ["cd al\t", "$ cd al"],
  ["ls .h\t", "$ ls .hidden"],
  ["cat </tmp/w/alpi\t", "$ cat </tmp/w/alpine"],
  ["echo $HOSTN\t", "$ echo $HOSTNAME"],
  ["readon\t", "$ readonly"],
  ["echo a; unali\t", "$ echo a; unalias"],
  ["mapfi\t", "$ mapfile"],
  ["./al\t", "$ ./al"],
  ["cat ~/.prof\t", "$ cat ~/.profile"],
])("%j completes to %j", (typed, line) => {
  const terminal = new ShellTerminal(80, FILES);
  terminal.type(typed);
  expect(terminal.lastLine).toBe(line);
});

test("many candidates are shown on request only", () => {
  const terminal = new ShellTerminal(
    80,
    "mkdir /tmp/m; cd /tmp/m; for i in {1..150}; do echo >n$i; done",
  );
  terminal.type("cat n\t\t");
  expect(terminal.lastLine).toBe("Display all 150 possibilities? (y or n)");
  terminal.type("n");
  expect(terminal.lastLine).toBe("$ cat n");
});
