import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { findUser } from "../support/accounts.ts";
import { listProcesses } from "../support/process-list.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

type Kind = "process ID" | "process group ID" | "user ID";

const KINDS: Readonly<Record<string, Kind>> = {
  "-p": "process ID",
  "--pid": "process ID",
  "-g": "process group ID",
  "--pgrp": "process group ID",
  "-u": "user ID",
  "--user": "user ID",
};

export const renice = defineTool({
  name: "renice",
  package: "util-linux",
  summary: "alter priority of running processes",
  description: "Alter the priority of running processes.",
  usage: [
    "[-n] <priority> [-p|--pid] <pid>...",
    "[-n] <priority>  -g|--pgrp <pgid>...",
    "[-n] <priority>  -u|--user <user>...",
  ],
  options: [
    ["-n, --priority=<num>", "specify the nice value"],
    ["-p, --pid", "interpret arguments as process ID (default)"],
    ["-g, --pgrp", "interpret arguments as process group ID"],
    ["-u, --user", "interpret arguments as username or user ID"],
  ],
  // The kind may change between the words: they are all taken as they come.
  rewrite: (argv) =>
    /^-(-help|-version|h|V)$/.test(argv[1] ?? "") ? argv : ["renice", "--", ...argv.slice(1)],
  *run(tool, args) {
    const words = [...args.operands];
    if (words[0] === "-n" || words[0] === "--priority") words.shift();
    const priority = words.shift();
    if (priority === undefined || words.length === 0) throw tool.usage("not enough arguments");
    if (!/^[-+]?\d+$/.test(priority)) throw tool.usage(`invalid priority '${priority}'`);
    let kind: Kind = "process ID";
    for (const word of words) {
      const named = KINDS[word];
      if (named) kind = named;
      else yield* change(tool, kind, word, Number(priority));
    }
  },
});

function* change(tool: Tool, kind: Kind, word: string, niceness: number): Blocking<void> {
  const id = kind === "user ID" ? findUser(tool.sys, word) : readNumber(word);
  if (id === undefined) {
    yield* tool.warn(kind === "user ID" ? `unknown user ${word}` : `bad ${kind} value: ${word}`);
    return;
  }
  const members = listProcesses(tool.sys).filter((process) =>
    kind === "process ID"
      ? process.pid === id
      : (kind === "user ID" ? process.uid : process.group) === id,
  );
  if (members.length === 0) {
    yield* tool.warn(`failed to get priority for ${id} (${kind}): No such process`);
    return;
  }
  const lowest = () => Math.min(...members.map(({ pid }) => tool.sys.getpriority(pid)));
  const before = lowest();
  try {
    for (const { pid } of members) tool.sys.setpriority(pid, niceness);
  } catch (error) {
    yield* tool.warn(`failed to set priority for ${id} (${kind}): ${reason(error)}`);
    return;
  }
  yield* tool.print(`${id} (${kind}) old priority ${before}, new priority ${lowest()}\n`);
}

function readNumber(word: string): number | undefined {
  return /^\d+$/.test(word) ? Number(word) : undefined;
}
