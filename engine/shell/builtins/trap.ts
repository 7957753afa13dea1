/** trap */
import { parseSignal, SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import { singleQuote } from "../quoting.ts";
import type { Shell } from "../shell.ts";
import { setSignalHandler } from "../traps.ts";
import { fail, parseOptions, print, type Builtin } from "./builtin.ts";

const PSEUDO = ["EXIT", "ERR", "DEBUG", "RETURN"];

export const trap: Builtin = {
  name: "trap",
  posix: true,
  special: true,
  synopsis: "[-lp] [[arg] signal_spec ...]",
  summary: "Trap signals and other events.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "lp" : "");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    if (options.has("l")) {
      yield* print(call, signalTable());
      return 0;
    }
    if (operands.length === 0 || options.has("p")) {
      const traps = shell.shownTraps ?? shell.traps;
      for (const name of operands.length > 0 ? operands.map(trapName) : sortedNames(traps)) {
        const command = name === undefined ? undefined : traps.get(name);
        if (command !== undefined) {
          yield* print(
            call,
            `trap -- ${singleQuote(command)} ${shownName(shell, name as string)}\n`,
          );
        }
      }
      return 0;
    }
    shell.shownTraps = undefined;
    const [first, ...rest] = operands as [string, ...string[]];
    const reset = first === "-" || rest.length === 0 || /^\d+$/.test(first);
    const names = first === "-" || !reset ? rest : operands;
    let status = 0;
    for (const word of names) {
      const name = trapName(word);
      if (name === undefined) {
        yield* fail(
          call,
          shell.isBash ? `${word}: invalid signal specification` : `${word}: bad trap`,
        );
        status = 1;
        continue;
      }
      if (reset) shell.traps.delete(name);
      else shell.traps.set(name, first);
      if (name in SIGNALS && name !== "SIGKILL" && name !== "SIGSTOP") {
        setSignalHandler(shell, name as SignalName);
      }
    }
    return status;
  },
};

/** EXIT, ERR … or a signal's full name. */
function trapName(word: string): string | undefined {
  if (word === "0") return "EXIT";
  const upper = word.toUpperCase();
  return PSEUDO.includes(upper) ? upper : parseSignal(word);
}

function shownName(shell: Shell, name: string): string {
  return shell.isBash ? name : name.replace(/^SIG/, "");
}

function sortedNames(traps: ReadonlyMap<string, string>): string[] {
  const rank = (name: string): number =>
    name === "EXIT"
      ? 0
      : name in SIGNALS
        ? SIGNALS[name as SignalName]
        : 100 + PSEUDO.indexOf(name);
  return [...traps.keys()].sort((a, b) => rank(a) - rank(b));
}

/** `kill -l` and `trap -l`: five to a line, the real-time signals included. */
export function signalTable(): string {
  const names: [number, string][] = Object.entries(SIGNALS).map(([name, number]) => [number, name]);
  for (let number = 34; number <= 64; number++) names.push([number, realtimeName(number)]);
  return names
    .map(([number, name], index) => {
      const cell = `${String(number).padStart(2)}) ${name}`;
      return index % 5 === 4 || index === names.length - 1 ? `${cell}\n` : `${cell}\t`;
    })
    .join("");
}

function realtimeName(number: number): string {
  if (number === 34) return "SIGRTMIN";
  if (number === 64) return "SIGRTMAX";
  return number < 50 ? `SIGRTMIN+${number - 34}` : `SIGRTMAX-${64 - number}`;
}
