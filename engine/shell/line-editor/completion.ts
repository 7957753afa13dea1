/** Tab: what can stand where the cursor is. */
import { KernelError } from "../../kernel/errno.ts";
import { commandNames } from "../command-names.ts";
import { tildeDirectory } from "../expansion/word.ts";
import { findCommand } from "../external.ts";
import { backslashQuote } from "../quoting.ts";
import type { Shell } from "../shell.ts";

export interface Completion {
  /** Offset in the line of the text that `insertion` replaces, up to the cursor. */
  readonly start: number;
  /** As far as all candidates agree, quoted as the line needs it. */
  readonly insertion: string;
  /** As they are listed, sorted. */
  readonly candidates: readonly string[];
}

/** The words of the simple command before the cursor. */
interface Context {
  /** Unquoted words before the one being completed, assignments left out. */
  readonly words: readonly string[];
  /** The word being completed, without its quotes. */
  readonly word: string;
  readonly start: number;
  readonly quote: '"' | "'" | "";
  /** It follows `<` or `>`. */
  readonly redirection: boolean;
}

/** What one kind of candidate adds after itself. */
interface Candidate {
  /** The whole replacement of the word, unquoted. */
  readonly value: string;
  /** As listed. */
  readonly shown: string;
  /** " " ends the word, "/" goes on, "" leaves the cursor there. */
  readonly end: "" | " " | "/";
}

export function completeLine(shell: Shell, line: string, cursor: number): Completion {
  const context = readContext(line.slice(0, cursor));
  const candidates = findCandidates(shell, context);
  const unique = new Map(candidates.map((candidate) => [candidate.value, candidate]));
  const sorted = [...unique.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
  const only = sorted.length === 1 ? sorted[0] : undefined;
  const shared = commonPrefix(sorted.map((candidate) => candidate.value));
  const value = shared.length < context.word.length ? context.word : shared;
  return {
    start: context.start,
    insertion:
      sorted.length === 0 ? line.slice(context.start, cursor) : quoted(context, value, only),
    candidates: sorted.map((candidate) => candidate.shown),
  };
}

function quoted(context: Context, value: string, only: Candidate | undefined): string {
  const end = only ? only.end : "";
  if (context.quote !== "") {
    const close = only && end !== "/" ? context.quote : "";
    return context.quote + value + (end === "/" ? "/" : close + (end === " " ? " " : ""));
  }
  const tilde = /^~[^/]*/.exec(value)?.[0] ?? "";
  const variable = value.startsWith("$");
  const body = variable ? value : tilde + quoteName(value.slice(tilde.length));
  return body + end;
}

function quoteName(text: string): string {
  return text === "" ? "" : backslashQuote(text).replace(/\\([,{}^!])/g, "$1");
}

function commonPrefix(values: readonly string[]): string {
  const [first = "", ...rest] = values;
  let length = first.length;
  for (const value of rest) {
    let at = 0;
    while (at < length && value[at] === first[at]) at += 1;
    length = at;
  }
  return first.slice(0, length);
}

const SEPARATOR = /[;&|()\n`]/;
/** Words after which a command starts anew. */
const OPENERS = new Set(["do", "then", "else", "elif", "if", "while", "until", "!", "{", "time"]);
/** Programs whose first argument is a command. */
const PREFIXES = new Set([
  "sudo",
  "nohup",
  "time",
  "exec",
  "command",
  "builtin",
  "env",
  "xargs",
  "watch",
]);

function readContext(text: string): Context {
  let words: string[] = [];
  let word = "";
  let start = 0;
  let inWord = false;
  let quote: Context["quote"] = "";
  let wasQuoted: Context["quote"] = "";
  let redirection = false;
  const endWord = (at: number): void => {
    if (inWord) {
      if (redirection) redirection = false;
      else if (words.length > 0 || !/^[A-Za-z_]\w*=/.test(word)) words.push(word);
    }
    if (words.length === 1 && (OPENERS.has(words[0] as string) || PREFIXES.has(words[0] as string)))
      words = [];
    word = "";
    wasQuoted = "";
    inWord = false;
    start = at;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (quote === '"' && char === "\\" && /["\\$`]/.test(text[at + 1] ?? "")) {
        word += text[at + 1] as string;
        at += 1;
      } else word += char;
      continue;
    }
    if (char === "\\") {
      if (!inWord) start = at;
      inWord = true;
      word += text[at + 1] ?? "";
      at += 1;
    } else if (char === '"' || char === "'") {
      if (!inWord) start = at;
      inWord = true;
      quote = char;
      wasQuoted = char;
    } else if (/\s/.test(char) && char !== "\n") endWord(at + 1);
    else if (char === "<" || char === ">") {
      if (/^\d*$/.test(word)) inWord = false;
      endWord(at + 1);
      redirection = true;
    } else if (SEPARATOR.test(char)) {
      endWord(at + 1);
      words = [];
      redirection = false;
    } else {
      if (!inWord) start = at;
      inWord = true;
      word += char;
    }
  }
  const open = quote === "" ? "" : wasQuoted;
  return { words, word, start: inWord ? start : text.length, quote: open, redirection };
}

function findCandidates(shell: Shell, context: Context): Candidate[] {
  const { word, words, quote } = context;
  const variable = /\$\{?(\w*)$/.exec(word);
  if (variable && quote !== "'") return variableCandidates(shell, word, variable);
  if (quote === "" && /^~[^/]*$/.test(word)) return userCandidates(shell, word);
  if (context.redirection) return fileCandidates(shell, word);
  if (words.length === 0) {
    return word.includes("/")
      ? fileCandidates(shell, word, "executable")
      : plain(commandNames(shell), word);
  }
  return argumentCandidates(shell, context);
}

function plain(names: readonly string[], prefix: string): Candidate[] {
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ value: name, shown: name, end: " " }));
}

function variableCandidates(shell: Shell, word: string, found: RegExpExecArray): Candidate[] {
  const head = word.slice(0, found.index);
  const braced = found[0].startsWith("${");
  return shell.variables
    .names()
    .filter((name) => name.startsWith(found[1] as string))
    .map((name) => {
      const text = braced ? `\${${name}}` : `$${name}`;
      return { value: head + text, shown: braced ? `\${${name}` : `$${name}`, end: " " };
    });
}

function userCandidates(shell: Shell, word: string): Candidate[] {
  const passwd = attempt(() => shell.sys.readTextFile("/etc/passwd")) ?? "";
  const users = passwd.split("\n").map((line) => line.split(":")[0] as string);
  return users
    .filter((user) => user !== "" && user.startsWith(word.slice(1)))
    .map((user) => ({ value: `~${user}`, shown: `~${user}`, end: "/" }));
}

const COMMAND_ARGUMENTS = new Set(["type", "which", "command", "man", "whatis", "hash"]);
const HOST_ARGUMENTS = new Set(
  "ping traceroute tracepath mtr arping ssh scp telnet nc ncat curl wget dig host nslookup iperf3 socat".split(
    " ",
  ),
);
const DEVICE_ARGUMENTS = new Set(
  "ip ifconfig tcpdump brctl bridge ethtool arping tc ifup ifdown dhclient iftop".split(" "),
);

function argumentCandidates(shell: Shell, context: Context): Candidate[] {
  const { words, word } = context;
  const [name] = words as [string];
  switch (name) {
    case "cd":
    case "pushd":
    case "rmdir":
      return fileCandidates(shell, word, "directory");
    case "unset":
    case "export":
    case "readonly":
    case "local":
    case "declare":
      return plain(shell.variables.names(), word);
    case "alias":
    case "unalias":
      return plain([...shell.aliases.keys()].sort(), word);
    case "fg":
    case "bg":
    case "disown":
      return plain(
        shell.jobs.all.map((job) => `%${job.command.split(" ")[0] as string}`),
        word,
      );
  }
  if (COMMAND_ARGUMENTS.has(name)) return plain(commandNames(shell), word);
  const answer = askProgram(shell, [...words, word]);
  const own = answer ? plain(answer.candidates, word) : [];
  if (answer && !answer.files) return own.length > 0 ? own : fallback(shell, name, word);
  const extra = [
    ...(HOST_ARGUMENTS.has(name) && word !== "" ? plain(hostNames(shell), word) : []),
    ...(DEVICE_ARGUMENTS.has(name) && answer === undefined ? plain(deviceNames(shell), word) : []),
  ];
  const found = [...own, ...extra];
  return found.length > 0 && !answer?.files ? found : [...found, ...fileCandidates(shell, word)];
}

function fallback(shell: Shell, name: string, word: string): Candidate[] {
  return DEVICE_ARGUMENTS.has(name) ? plain(deviceNames(shell), word) : [];
}

function askProgram(
  shell: Shell,
  words: readonly string[],
): { readonly candidates: readonly string[]; readonly files?: boolean } | undefined {
  const lookup = findCommand(shell, words[0] as string);
  if ("message" in lookup) return undefined;
  return attempt(() => shell.sys.completeArguments(lookup.found, { words }));
}

function hostNames(shell: Shell): string[] {
  const hosts = attempt(() => shell.sys.readTextFile("/etc/hosts")) ?? "";
  const names = hosts
    .split("\n")
    .flatMap((line) => line.replace(/#.*/, "").trim().split(/\s+/).slice(1));
  return [...new Set(names)].filter((name) => name !== "").sort();
}

function deviceNames(shell: Shell): string[] {
  return [...(attempt(() => shell.sys.readdir("/sys/class/net")) ?? [])].sort();
}

/** Paths: the last component is completed, what stands before is kept as typed. */
function fileCandidates(
  shell: Shell,
  word: string,
  only?: "directory" | "executable",
): Candidate[] {
  const slash = word.lastIndexOf("/");
  const head = word.slice(0, slash + 1);
  const prefix = word.slice(slash + 1);
  const directory = expandTilde(shell, head);
  const names = attempt(() => shell.sys.readdir(directory === "" ? "." : directory)) ?? [];
  return names
    .filter((name) => name.startsWith(prefix) && (prefix.startsWith(".") || !name.startsWith(".")))
    .flatMap((name): Candidate[] => {
      const path = directory + name;
      const isDirectory = attempt(() => shell.sys.stat(path))?.kind === "directory";
      if (isDirectory) return [{ value: head + name, shown: `${name}/`, end: "/" }];
      if (only === "directory") return [];
      if (
        only === "executable" &&
        attempt(() => shell.sys.access(path, { execute: true })) !== true
      ) {
        return [];
      }
      return [{ value: head + name, shown: name, end: " " }];
    });
}

function expandTilde(shell: Shell, head: string): string {
  const tilde = /^~([^/]*)\//.exec(head);
  if (!tilde) return head;
  const home = tildeDirectory(shell, tilde[1] as string);
  return home === undefined ? head : `${home}/${head.slice(tilde[0].length)}`;
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
