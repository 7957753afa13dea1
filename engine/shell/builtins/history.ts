/** history, fc. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { History } from "../history.ts";
import { formatTime } from "../strftime.ts";
import { fail, parseOptions, print, type Builtin, type BuiltinCall } from "./builtin.ts";

const history: Builtin = {
  name: "history",
  synopsis: "[-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
  summary: "Display or manipulate the history list.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "cd:anrwps");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const list = shell.history;
    if (!list) return 0;
    if (options.has("c")) list.clear();
    const offset = options.get("d");
    if (offset !== undefined) {
      const [from, to = from] = /^(-?\d+)(?:-(-?\d+))?$/.exec(offset)?.slice(1) ?? [];
      if (from === undefined || !list.remove(Number(from), Number(to))) {
        return yield* fail(call, `${offset}: history position out of range`);
      }
    }
    const file = operands[0] ?? shell.variables.value("HISTFILE") ?? "";
    if (options.has("w")) list.save(shell.sys, file);
    if (options.has("a")) list.append(shell.sys, file);
    if (options.has("r") || options.has("n")) list.load(shell.sys, file);
    if (options.has("s")) list.replaceLast(operands.join(" "));
    if (options.has("p")) yield* print(call, operands.map((word) => `${word}\n`).join(""));
    if (options.size > 0) return 0;
    const [count] = operands;
    if (count !== undefined && !/^\d+$/.test(count))
      return yield* fail(call, `${count}: numeric argument required`);
    const format = shell.variables.value("HISTTIMEFORMAT");
    const entries = list.entries.slice(
      count === undefined ? 0 : -Number(count) || list.entries.length,
    );
    for (const entry of entries) {
      const time = format ? formatTime(entry.seconds, format) : "";
      yield* print(call, `${String(entry.number).padStart(5)}  ${time}${entry.line}\n`);
    }
    return 0;
  },
};

const fc: Builtin = {
  name: "fc",
  synopsis: "[-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
  summary: "Display or execute commands from the history list.",
  *run(call) {
    const { shell } = call;
    let { args } = call;
    const letters = new Set<string>();
    while (/^-[lnrs]+$/.test(args[0] ?? "")) {
      for (const letter of (args[0] as string).slice(1)) letters.add(letter);
      args = args.slice(1);
    }
    const list = shell.history;
    if (!list) return 0;
    if (letters.has("s")) return yield* repeat(call, list, args);
    if (!letters.has("l"))
      return yield* fail(call, "Podwire does not model editing commands; use fc -l or fc -s");
    const [firstWord, lastWord] = args;
    const last = position(list, lastWord ?? (firstWord === undefined ? "-1" : "-1"));
    const first = position(list, firstWord ?? "-16");
    if (first === undefined || last === undefined)
      return yield* fail(call, "history specification out of range");
    const [low, high] = first <= last ? [first, last] : [last, first];
    let entries = list.entries.filter((entry) => entry.number >= low && entry.number <= high);
    if (letters.has("r") || first > last) entries = [...entries].reverse();
    for (const entry of entries) {
      yield* print(
        call,
        letters.has("n") ? `\t ${entry.line}\n` : `${entry.number}\t ${entry.line}\n`,
      );
    }
    return 0;
  },
};

/** A number, a distance from the end, or how the command starts. The `fc` itself does not count. */
function position(list: History, word: string): number | undefined {
  const last = list.lastNumber - 1;
  if (/^-\d+$/.test(word)) return Math.max(list.entries[0]?.number ?? 1, last + 1 + Number(word));
  if (/^\d+$/.test(word)) return Number(word);
  return list.entries.findLast((entry) => entry.number <= last && entry.line.startsWith(word))
    ?.number;
}

function* repeat(call: BuiltinCall, list: History, args: readonly string[]): Blocking<number> {
  const replacement = /^([^=]+)=(.*)$/s.exec(args[0] ?? "");
  const word = replacement ? args[1] : args[0];
  const number = position(list, word ?? "-1");
  const entry = list.entries.find((each) => each.number === number);
  if (!entry) return yield* fail(call, "no command found");
  const line = replacement
    ? entry.line.replaceAll(replacement[1] as string, () => replacement[2] as string)
    : entry.line;
  list.replaceLast(line);
  yield* call.shell.write(2, `${line}\n`);
  return yield* call.shell.interpreter.runText(call.shell, line, {});
}

export const historyBuiltins: readonly Builtin[] = [history, fc];
