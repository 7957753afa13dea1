/** read */
import { KernelError } from "../../kernel/errno.ts";
import type { Termios } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeBytes, sequenceLength } from "../bytes.ts";
import { AssignmentError } from "../control-flow.ts";
import type { Shell } from "../shell.ts";
import { setVariable } from "../shell-variables.ts";
import { checkSignals } from "../traps.ts";
import { isName } from "../variables.ts";
import { fail, parseOptions, type Builtin, type BuiltinCall } from "./builtin.ts";

export const read: Builtin = {
  name: "read",
  posix: true,
  synopsis:
    "[-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
  summary: "Read a line from the standard input and split it into fields.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "ersa:d:i:n:N:p:t:u:" : "rp:");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    for (const name of operands) {
      if (!/^[A-Za-z_]\w*(\[.*\])?$/s.test(name)) {
        return yield* fail(
          call,
          shell.isBash ? `\`${name}': not a valid identifier` : `${name}: bad variable name`,
          shell.isBash ? 1 : 2,
        );
      }
    }
    const timeout = options.get("t");
    if (timeout !== undefined && !/^(\d+\.?\d*|\.\d+)$/.test(timeout)) {
      return yield* fail(call, `${timeout}: invalid timeout specification`);
    }
    const count = options.get("N") ?? options.get("n");
    if (count !== undefined && !/^\d+$/.test(count))
      return yield* fail(call, `${count}: invalid number`);
    const fd = Number(options.get("u") ?? 0);
    if (!shell.sys.descriptors().includes(fd)) {
      if (options.has("u"))
        return yield* fail(call, `${fd}: invalid file descriptor: Bad file descriptor`);
      return yield* fail(call, `read error: ${fd}: Bad file descriptor`);
    }
    const input: Input = {
      fd,
      raw: options.has("r"),
      delimiter: options.has("N") ? -1 : delimiterByte(options.get("d")),
      limit: count === undefined ? Infinity : Number(count),
      deadlineNs:
        timeout === undefined ? undefined : shell.sys.monotonicNs() + Number(timeout) * 1e9,
      poll: timeout !== undefined && Number(timeout) === 0,
    };
    if (input.poll) return (yield* isReady(shell, fd)) ? 0 : 1;
    const terminal = shell.sys.isatty(fd);
    const prompt = options.get("p");
    if (prompt !== undefined && terminal) yield* shell.write(2, prompt);
    const saved = terminal ? prepareTerminal(shell, fd, options) : undefined;
    let result: ReadResult;
    try {
      result = yield* readInput(shell, input);
    } finally {
      if (saved) shell.sys.tcsetattr(fd, saved);
    }
    try {
      assign(call, result, options.get("a"), operands, options.has("N"));
    } catch (error) {
      if (!(error instanceof AssignmentError)) throw error;
      yield* shell.reportError(error.message);
      return 1;
    }
    return result.timedOut ? 142 : result.complete ? 0 : 1;
  },
};

interface Input {
  readonly fd: number;
  /** Backslashes are ordinary. */
  readonly raw: boolean;
  /** Byte that ends the input; −1: none does. */
  readonly delimiter: number;
  /** Characters. */
  readonly limit: number;
  readonly deadlineNs: number | undefined;
  readonly poll: boolean;
}

interface ReadResult {
  readonly characters: readonly Character[];
  /** Ended by the delimiter or the limit, not by the end of the file. */
  readonly complete: boolean;
  readonly timedOut: boolean;
}

interface Character {
  readonly text: string;
  /** After a backslash: not a separator. */
  readonly escaped: boolean;
}

function delimiterByte(text: string | undefined): number {
  if (text === undefined) return 10;
  return text === "" ? 0 : text.charCodeAt(0);
}

function prepareTerminal(
  shell: Shell,
  fd: number,
  options: ReadonlyMap<string, string>,
): Termios | undefined {
  const characterwise = options.has("n") || options.has("N") || options.has("d");
  if (!options.has("s") && !characterwise) return undefined;
  const termios = shell.sys.tcgetattr(fd);
  shell.sys.tcsetattr(fd, {
    ...termios,
    echo: termios.echo && !options.has("s"),
    canonical: termios.canonical && !characterwise,
  });
  return termios;
}

function* isReady(shell: Shell, fd: number): Blocking<boolean> {
  const [result] = yield* shell.sys.poll([{ fd, events: ["in"] }], 0);
  return result !== undefined && (result.in || result.hangup);
}

function* readInput(shell: Shell, input: Input): Blocking<ReadResult> {
  const characters: Character[] = [];
  const done = (complete: boolean, timedOut = false): ReadResult => ({
    characters,
    complete,
    timedOut,
  });
  while (characters.length < input.limit) {
    let byte = yield* nextByte(shell, input);
    let escaped = false;
    if (byte === 92 && !input.raw) {
      byte = yield* nextByte(shell, input);
      // A backslash before the newline joins the lines.
      if (byte === 10) continue;
      escaped = true;
    }
    if (byte === "timeout") return done(false, true);
    if (byte === undefined) return done(false);
    if (byte === input.delimiter && !escaped) return done(true);
    if (byte === 0) continue;
    characters.push({ text: yield* wholeCharacter(shell, input, byte), escaped });
  }
  return done(true);
}

function* wholeCharacter(shell: Shell, input: Input, first: number): Blocking<string> {
  const bytes = [first];
  for (let left = sequenceLength(first) - 1; left > 0; left--) {
    const byte = yield* nextByte(shell, input);
    if (typeof byte !== "number") break;
    bytes.push(byte);
  }
  return decodeBytes(Uint8Array.from(bytes));
}

function* nextByte(shell: Shell, input: Input): Blocking<number | "timeout" | undefined> {
  const { sys } = shell;
  for (;;) {
    try {
      if (input.deadlineNs !== undefined) {
        const left = Math.max(0, input.deadlineNs - sys.monotonicNs());
        const [ready] = yield* sys.poll([{ fd: input.fd, events: ["in"] }], left);
        if (!ready || !(ready.in || ready.hangup || ready.error)) return "timeout";
      }
      return (yield* sys.read(input.fd, 1))[0];
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
      yield* checkSignals(shell);
    }
  }
}

function assign(
  call: BuiltinCall,
  result: ReadResult,
  array: string | undefined,
  names: readonly string[],
  whole: boolean,
): void {
  const { shell } = call;
  if (array !== undefined) {
    const fields = whole
      ? [textOf(result.characters)]
      : splitInput(result.characters, shell.ifs(), Infinity);
    shell.variables.setArray(array, fields);
    return;
  }
  if (names.length === 0) {
    setVariable(shell, "REPLY", undefined, textOf(result.characters));
    return;
  }
  const fields = whole
    ? [textOf(result.characters)]
    : splitInput(result.characters, shell.ifs(), names.length);
  names.forEach((name, index) => {
    const value = fields[index] ?? "";
    if (isName(name)) setVariable(shell, name, undefined, value);
    else {
      const open = name.indexOf("[");
      setVariable(shell, name.slice(0, open), name.slice(open + 1, -1), value);
    }
  });
}

function textOf(characters: readonly Character[]): string {
  return characters.map((character) => character.text).join("");
}

/** Fields as `read` cuts them: the last takes the rest of the line. */
function splitInput(characters: readonly Character[], ifs: string, count: number): string[] {
  const isSeparator = (at: number): boolean => {
    const character = characters[at];
    return character !== undefined && !character.escaped && ifs.includes(character.text);
  };
  const isBlank = (at: number): boolean =>
    isSeparator(at) && /[ \t\n]/.test((characters[at] as Character).text);
  const fields: string[] = [];
  let at = 0;
  while (isBlank(at)) at += 1;
  while (at < characters.length) {
    if (fields.length === count - 1) {
      fields.push(lastField(characters, at, isSeparator, isBlank));
      break;
    }
    const start = at;
    while (at < characters.length && !isSeparator(at)) at += 1;
    fields.push(textOf(characters.slice(start, at)));
    while (isBlank(at)) at += 1;
    if (isSeparator(at) && !isBlank(at)) {
      at += 1;
      while (isBlank(at)) at += 1;
    }
  }
  return fields;
}

function lastField(
  characters: readonly Character[],
  start: number,
  isSeparator: (at: number) => boolean,
  isBlank: (at: number) => boolean,
): string {
  let end = characters.length;
  while (end > start && isBlank(end - 1)) end -= 1;
  // A single separator at the end belongs to the field before it.
  if (end > start && isSeparator(end - 1)) {
    let only = start;
    while (only < end - 1 && !isSeparator(only)) only += 1;
    if (only === end - 1) {
      end -= 1;
      while (end > start && isBlank(end - 1)) end -= 1;
    }
  }
  return textOf(characters.slice(start, end));
}
