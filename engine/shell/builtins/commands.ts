/** type, command, builtin, hash, alias, unalias, enable, caller. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { searchPath, isExecutable, findCommand } from "../external.ts";
import { printFunction } from "../function-printer.ts";
import { singleQuote } from "../quoting.ts";
import type { Shell } from "../shell.ts";
import { fail, failUsage, parseOptions, print, type Builtin, type BuiltinCall } from "./builtin.ts";
import { BUILTINS, findBuiltin } from "./index.ts";

const KEYWORDS = [
  ..."if then else elif fi time for in until while do done case esac coproc select function".split(
    " ",
  ),
  ...["{", "}", "!", "[[", "]]"],
];
const DASH_KEYWORDS = "if then else elif fi for in until while do done case esac { } !".split(" ");

interface Meaning {
  readonly kind: "alias" | "keyword" | "function" | "builtin" | "file";
  readonly text: string;
}

/** Everything a command name stands for, the first being what would run. */
function meanings(
  shell: Shell,
  name: string,
  options: { noFunctions?: boolean; all?: boolean },
): Meaning[] {
  const found: Meaning[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined && (!shell.isBash || shell.options.shell("expand_aliases"))) {
    found.push({ kind: "alias", text: alias });
  }
  if ((shell.isBash ? KEYWORDS : DASH_KEYWORDS).includes(name))
    found.push({ kind: "keyword", text: name });
  const definition = options.noFunctions ? undefined : shell.functions.get(name);
  if (definition) found.push({ kind: "function", text: printFunction(name, definition) });
  if (findBuiltin(shell, name)) found.push({ kind: "builtin", text: name });
  for (const path of commandFiles(shell, name)) {
    found.push({ kind: "file", text: path });
    if (!options.all) break;
  }
  return found;
}

function commandFiles(shell: Shell, name: string): string[] {
  if (name.includes("/")) return isExecutable(shell, name) ? [name] : [];
  return searchPath(shell, name).filter((path) => isExecutable(shell, path));
}

function describe(shell: Shell, name: string, meaning: Meaning): string {
  switch (meaning.kind) {
    case "alias":
      return shell.isBash
        ? `${name} is aliased to \`${meaning.text}'`
        : `${name} is an alias for ${meaning.text}`;
    case "keyword":
      return `${name} is a shell keyword`;
    case "function":
      return shell.isBash
        ? `${name} is a function\n${meaning.text}`
        : `${name} is a shell function`;
    case "builtin":
      return shell.isBash || !BUILTINS.get(name)?.special
        ? `${name} is a shell builtin`
        : `${name} is a special shell builtin`;
    case "file":
      return shell.isBash && shell.hashed.get(name)?.path === meaning.text
        ? `${name} is hashed (${meaning.text})`
        : `${name} is ${meaning.text}`;
  }
}

const type: Builtin = {
  name: "type",
  posix: true,
  synopsis: "[-afptP] name [name ...]",
  summary: "Display information about command type.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "afptP" : "");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    let status = 0;
    for (const name of operands) {
      let found = meanings(shell, name, { noFunctions: options.has("f"), all: options.has("a") });
      if (options.has("P"))
        found = commandFiles(shell, name).map((text) => ({ kind: "file", text }));
      const shown = options.has("a") ? found : found.slice(0, 1);
      if (found.length === 0) {
        status = shell.isBash ? 1 : 127;
        if (!options.has("t") && !options.has("p") && !options.has("P")) {
          if (shell.isBash) yield* fail(call, `${name}: not found`);
          else yield* print(call, `${name}: not found\n`);
        }
        continue;
      }
      for (const meaning of shown) {
        if (options.has("t")) yield* print(call, `${meaning.kind}\n`);
        else if (options.has("p") || options.has("P")) {
          if (meaning.kind === "file") yield* print(call, `${meaning.text}\n`);
        } else yield* print(call, `${describe(shell, name, meaning)}\n`);
      }
    }
    return status;
  },
};

/** The PATH of `command -p`. */
const STANDARD_PATH = "/bin:/usr/bin:/sbin:/usr/sbin";

const command: Builtin = {
  name: "command",
  posix: true,
  synopsis: "[-pVv] command [arg ...]",
  summary: "Execute a simple command or display information about commands.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "pVv");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const [name] = operands;
    if (name === undefined) return 0;
    if (!options.has("v") && !options.has("V")) {
      const path = options.has("p") ? { path: STANDARD_PATH } : {};
      return yield* shell.interpreter.runWords(shell, operands, { plain: true, ...path });
    }
    let status = 1;
    for (const each of operands) {
      const [meaning] = meanings(shell, each, {});
      if (!meaning) {
        if (options.has("V")) yield* fail(call, `${each}: not found`);
        if (!shell.isBash) status = 127;
        continue;
      }
      status = 0;
      const text = options.has("V") ? describe(shell, each, meaning) : brief(each, meaning);
      yield* print(call, `${text}\n`);
    }
    return status;
  },
};

/** `command -v` */
function brief(name: string, meaning: Meaning): string {
  if (meaning.kind === "alias") return `alias ${name}=${singleQuote(meaning.text)}`;
  return meaning.kind === "file" ? meaning.text : name;
}

const builtin: Builtin = {
  name: "builtin",
  synopsis: "[shell-builtin [arg ...]]",
  summary: "Execute shell builtins.",
  *run(call) {
    const { shell } = call;
    const words = call.args[0] === "--" ? call.args.slice(1) : call.args;
    const [name] = words;
    if (name === undefined) return 0;
    if (!findBuiltin(shell, name)) return yield* fail(call, `${name}: not a shell builtin`);
    return yield* shell.interpreter.runWords(shell, words, { builtinsOnly: true });
  },
};

const hash: Builtin = {
  name: "hash",
  posix: true,
  synopsis: "[-lr] [-p pathname] [-dt] [name ...]",
  summary: "Remember or display program locations.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "lrp:dt");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    if (options.has("r")) shell.hashed.clear();
    if (operands.length === 0 && !options.has("r")) return yield* printHash(call, options.has("l"));
    let status = 0;
    for (const name of operands) {
      const known = shell.hashed.get(name);
      if (options.has("t") || options.has("d")) {
        if (!known) status = yield* fail(call, `${name}: not found`);
        else if (options.has("d")) shell.hashed.delete(name);
        else
          yield* print(call, operands.length > 1 ? `${name}\t${known.path}\n` : `${known.path}\n`);
        continue;
      }
      const path = options.get("p");
      if (path !== undefined) {
        shell.hashed.set(name, { path, hits: 0 });
        continue;
      }
      if (name.includes("/")) continue;
      shell.hashed.delete(name);
      const lookup = findCommand(shell, name);
      const entry = shell.hashed.get(name);
      if ("message" in lookup) status = yield* fail(call, `${name}: not found`);
      else if (entry) entry.hits = 0;
    }
    return status;
  },
};

function* printHash(call: BuiltinCall, reusable: boolean): Blocking<number> {
  const { shell } = call;
  if (shell.hashed.size === 0) {
    if (shell.isBash) yield* print(call, `${call.name}: hash table empty\n`);
    return 0;
  }
  if (shell.isBash && !reusable) yield* print(call, "hits\tcommand\n");
  for (const [name, { path, hits }] of shell.hashed) {
    const line = reusable
      ? `builtin hash -p ${path} ${name}`
      : shell.isBash
        ? `${String(hits).padStart(4)}\t${path}`
        : path;
    yield* print(call, `${line}\n`);
  }
  return 0;
}

const alias: Builtin = {
  name: "alias",
  posix: true,
  synopsis: "[-p] [name[=value] ... ]",
  summary: "Define or display aliases.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "p" : "");
    if (!parsed) return 2;
    const { operands } = parsed;
    const shown = (name: string, value: string): string =>
      `${shell.isBash ? "alias " : ""}${name}=${singleQuote(value)}\n`;
    if (operands.length === 0) {
      const sorted = [...shell.aliases].sort(([a], [b]) => (a < b ? -1 : 1));
      yield* print(call, sorted.map(([name, value]) => shown(name, value)).join(""));
      return 0;
    }
    let status = 0;
    for (const word of operands) {
      const equals = word.indexOf("=");
      if (equals > 0) {
        const name = word.slice(0, equals);
        if (/[\s/$`"'\\&|;()<>]/.test(name))
          status = yield* fail(call, `\`${name}': invalid alias name`);
        else shell.aliases.set(name, word.slice(equals + 1));
        continue;
      }
      const value = shell.aliases.get(word);
      if (value === undefined) status = yield* fail(call, `${word}: not found`);
      else yield* print(call, shown(word, value));
    }
    return status;
  },
};

const unalias: Builtin = {
  name: "unalias",
  posix: true,
  synopsis: "[-a] name [name ...]",
  summary: "Remove each NAME from the list of defined aliases.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "a");
    if (!parsed) return 2;
    if (parsed.options.has("a")) shell.aliases.clear();
    else if (parsed.operands.length === 0) {
      yield* shell.write(2, `unalias: usage: unalias ${call.synopsis}\n`, true);
      return 2;
    }
    let status = 0;
    for (const name of parsed.operands) {
      if (!shell.aliases.delete(name)) status = yield* fail(call, `${name}: not found`);
    }
    return status;
  },
};

const enable: Builtin = {
  name: "enable",
  synopsis: "[-a] [-dnps] [-f filename] [name ...]",
  summary: "Enable and disable shell builtins.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "adnps");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const off = options.has("n");
    if (operands.length === 0) {
      for (const [name, each] of BUILTINS) {
        const disabled = shell.disabledBuiltins.has(name);
        if (options.has("s") && !each.special) continue;
        if (!options.has("a") && disabled !== off) continue;
        yield* print(call, `enable ${disabled ? "-n " : ""}${name}\n`);
      }
      return 0;
    }
    let status = 0;
    for (const name of operands) {
      if (!BUILTINS.has(name)) status = yield* fail(call, `${name}: not a shell builtin`);
      else if (off) shell.disabledBuiltins.add(name);
      else shell.disabledBuiltins.delete(name);
    }
    return status;
  },
};

const caller: Builtin = {
  name: "caller",
  synopsis: "[expr]",
  summary: "Return the context of the current subroutine call.",
  *run(call) {
    const { shell, args } = call;
    const [word] = args;
    if (word !== undefined && !/^\d+$/.test(word))
      return yield* failUsage(call, `${word}: invalid number`);
    const frames = [...shell.frames].reverse();
    const frame = frames[Number(word ?? 0)];
    if (!frame) return 1;
    const outer = frames[Number(word ?? 0) + 1];
    const file = outer?.file ?? shell.scriptFile ?? "NULL";
    yield* print(
      call,
      word === undefined
        ? `${frame.line} ${file}\n`
        : `${frame.line} ${outer?.name ?? "main"} ${file}\n`,
    );
    return 0;
  },
};

export const commandBuiltins: readonly Builtin[] = [
  type,
  command,
  builtin,
  hash,
  alias,
  unalias,
  enable,
  caller,
];
