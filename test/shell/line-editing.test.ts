import { expect, test } from "vitest";
import { ShellTerminal } from "./shell-terminal.ts";

const LEFT = "\x1b[D";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const ctrl = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) & 31);

test("a typed line runs and the prompt comes back", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo hello\r");
  expect(terminal.lines).toEqual(["$ echo hello", "hello", "$"]);
});

test.each([
  ["insert at the start", `bc${ctrl("A")}a`, "abc", 1],
  ["insert in the middle", `ac${LEFT}b`, "abc", 2],
  ["delete under the cursor", `xabc${ctrl("A")}${ctrl("D")}`, "abc", 0],
  ["delete key", `xabc${ctrl("A")}\x1b[3~`, "abc", 0],
  ["backspace", "abcx\x7f", "abc", 3],
  [
    "kill to the end and yank twice",
    `abc${ctrl("A")}${ctrl("K")}${ctrl("Y")}${ctrl("Y")}`,
    "abcabc",
    6,
  ],
  ["kill to the start", `abc def${ctrl("U")}x`, "x", 1],
  ["kill a blank-delimited word", `cat /a/b${ctrl("W")}`, "cat", 4],
  ["kill a word of letters backwards", "cat /a/b\x1b\x7f", "cat /a/", 7],
  ["kill a word forwards", `one two${ctrl("A")}\x1bd`, " two", 0],
  ["transpose", `ab${ctrl("T")}`, "ba", 2],
  ["undo", `abc${ctrl("U")}${ctrl("_")}`, "abc", 3],
  ["word movement", `one two\x1bb\x1bbX`, "Xone two", 1],
  ["control and arrow", `one two\x1b[1;5DX`, "one Xtwo", 5],
  ["home and end", `b\x1b[Ha\x1b[Fc`, "abc", 3],
  ["upper case a word", `one${ctrl("A")}\x1bu`, "ONE", 3],
  ["a quoted control character", `a${ctrl("V")}${ctrl("B")}`, "a^B", 3],
])("%s", (_, keys, line, column) => {
  const terminal = new ShellTerminal();
  terminal.type(keys);
  expect(terminal.lastLine).toBe(`$ ${line}`.trimEnd());
  expect(terminal.cursor).toEqual([0, column + 2]);
});

test("a line longer than the terminal wraps and can be edited across rows", () => {
  const terminal = new ShellTerminal(20);
  terminal.type("echo 123456789012345678901234");
  expect(terminal.lines).toEqual(["$ echo 1234567890123", "45678901234"]);
  terminal.type(`${ctrl("A")}X`);
  expect(terminal.lines).toEqual(["$ Xecho 123456789012", "345678901234"]);
  expect(terminal.cursor).toEqual([0, 3]);
  terminal.type(`${ctrl("E")}\x7f\x7f`);
  expect(terminal.lines).toEqual(["$ Xecho 123456789012", "3456789012"]);
  terminal.type(ctrl("U"));
  expect(terminal.lines).toEqual(["$"]);
});

test("a line that ends at the right edge leaves no row behind", () => {
  const terminal = new ShellTerminal(20);
  terminal.type("echo 12345678901234\x7f");
  expect(terminal.lines.map((line) => line.trimEnd())).toEqual(["$ echo 1234567890123", ""]);
  terminal.type("\x7f");
  expect(terminal.lines).toEqual(["$ echo 123456789012"]);
});

test("the history is walked with the arrows, and an edited line is kept while walking", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo one\r");
  terminal.type("echo two\r");
  terminal.type(`new${UP}`);
  expect(terminal.lastLine).toBe("$ echo two");
  terminal.type(UP);
  expect(terminal.lastLine).toBe("$ echo one");
  terminal.type(`${DOWN}${DOWN}`);
  expect(terminal.lastLine).toBe("$ new");
});

test("Ctrl-R searches backwards, again for the next, Ctrl-G gives up", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo alpha\r");
  terminal.type("echo beta\r");
  terminal.type(`${ctrl("R")}echo`);
  expect(terminal.lastLine).toBe("(reverse-i-search)`echo': echo beta");
  terminal.type(ctrl("R"));
  expect(terminal.lastLine).toBe("(reverse-i-search)`echo': echo alpha");
  terminal.type("zz");
  expect(terminal.lastLine).toBe("(failed reverse-i-search)`echozz': echo alpha");
  terminal.type(ctrl("G"));
  expect(terminal.lastLine).toBe("$");
  terminal.type(`${ctrl("R")}alp\r`);
  expect(terminal.lines.slice(-2)).toEqual(["alpha", "$"]);
});

test("history expansion shows the line that it runs", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo a b\r");
  terminal.type("echo !$ !!\r");
  expect(terminal.lines.slice(-4)).toEqual(["$ echo !$ !!", "echo b echo a b", "b echo a b", "$"]);
  terminal.type("!nothing\r");
  expect(terminal.lines.at(-2)).toBe("-bash: !nothing: event not found");
});

test("Alt-. inserts the last word of earlier lines", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo first\r");
  terminal.type("echo second\r");
  terminal.type("echo \x1b.");
  expect(terminal.lastLine).toBe("$ echo second");
  terminal.type("\x1b.");
  expect(terminal.lastLine).toBe("$ echo first");
});

test("a pasted text with line ends waits for Enter", () => {
  const terminal = new ShellTerminal();
  terminal.type("\x1b[200~echo a\necho b\x1b[201~");
  expect(terminal.lines).toEqual(["$ echo a", "echo b"]);
  terminal.type("\r");
  expect(terminal.lines.slice(-3)).toEqual(["a", "b", "$"]);
});

test("Ctrl-C drops the line, with status 130; Ctrl-D on an empty one logs out", () => {
  const terminal = new ShellTerminal();
  terminal.type("nonsense");
  terminal.type(ctrl("C"));
  expect(terminal.lines).toEqual(["$ nonsense^C", "$"]);
  terminal.type("echo $?\r");
  expect(terminal.lines.at(-2)).toBe("130");
  terminal.type(ctrl("D"));
  expect(terminal.lines).toContain("$ logout");
  expect(terminal.exitStatus).toBe(0);
});

test("an unfinished command is continued after PS2 and remembered as one", () => {
  const terminal = new ShellTerminal();
  terminal.type("for i in 1 2\r");
  expect(terminal.lastLine).toBe(">");
  terminal.type("do echo $i\r");
  terminal.type("done\r");
  expect(terminal.lines.slice(-3)).toEqual(["1", "2", "$"]);
  terminal.type(UP);
  expect(terminal.lastLine).toBe("$ for i in 1 2; do echo $i; done");
});

test("the history is written at the end and read at the start", () => {
  const terminal = new ShellTerminal();
  terminal.type("echo kept\r");
  terminal.type("exit\r");
  expect(terminal.exitStatus).toBe(0);
  const saved = terminal.machine.run(function* (sys) {
    yield* sys.print(sys.readTextFile("/root/.bash_history"));
    return 0;
  });
  expect(saved.out).toBe("echo kept\nexit\n");
});

test("wide characters move the cursor by two columns", () => {
  const terminal = new ShellTerminal();
  terminal.type("日本");
  terminal.type(`${ctrl("A")}x`);
  expect(terminal.lastLine).toBe("$ x日本");
});
