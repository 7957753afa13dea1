/** iptables-restore(8) */
import { UsageError } from "../../kernel/netfilter/xtables/extension.ts";
import { emptyTable, isTableName, type Rule } from "../../kernel/netfilter/xtables/rule.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { getopt } from "../support/getopt.ts";
import { readAll } from "../support/streams.ts";
import { TableCommands, type Refusable } from "./commands.ts";
import { commit } from "./commit.ts";
import { Draft } from "./draft.ts";
import { Failure, usageFailure, versionOf, type Face } from "./failure.ts";
import { asFailure, parserFor } from "./iptables.ts";
import { SystemNames } from "./names.ts";

interface RestoreOptions {
  readonly counters: boolean;
  readonly noFlush: boolean;
  readonly test: boolean;
  readonly table: string | undefined;
  readonly verbose: boolean;
}

export function* runRestore(
  sys: Sys,
  argv: readonly string[],
  flavour: Face["flavour"],
): Blocking<number> {
  const face: Face = { flavour, program: "iptables-restore" };
  const parsed = getopt(["iptables-restore", ...argv.slice(1)], {
    short: "bcvVthnwW:M:T:46",
    long: {
      counters: "none",
      verbose: "none",
      version: "none",
      test: "none",
      help: "none",
      noflush: "none",
      modprobe: "required",
      table: "required",
      wait: "optional",
      "wait-interval": "required",
      ipv4: "none",
      ipv6: "none",
    },
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\nTry \`iptables-restore -h' for more information.\n`);
    return 1;
  }
  const has = (letter: string, long: string): boolean =>
    parsed.options.some(({ name }) => name === letter || name === long);
  if (has("V", "version")) {
    yield* sys.print(`${versionOf(face)}\n`);
    return 0;
  }
  const options: RestoreOptions = {
    counters: has("c", "counters"),
    noFlush: has("n", "noflush"),
    test: has("t", "test"),
    table: parsed.options.find(({ name }) => name === "T" || name === "table")?.value,
    verbose: has("v", "verbose"),
  };
  let text: string;
  const [file] = parsed.operands;
  if (file !== undefined && !/^\d+$/.test(file)) text = sys.readTextFile(file);
  else text = decodeUtf8(yield* readAll(sys, 0));
  const restore = new Restore(sys, face, options);
  try {
    restore.run(text);
    yield* sys.printError(restore.warnings.join(""));
    return 0;
  } catch (error) {
    const failure = asFailure(error, face, restore.line);
    yield* sys.printError(`${restore.warnings.join("")}${failure.text}\n`);
    return failure.status;
  }
}

class Restore {
  line = 0;
  readonly warnings: string[] = [];
  private draft: Draft | undefined;
  private commands: TableCommands | undefined;
  private last: Refusable = { operation: "RULE_APPEND", what: "" };
  private skipping = false;
  private readonly names: SystemNames;

  constructor(
    private readonly sys: Sys,
    private readonly face: Face,
    private readonly options: RestoreOptions,
  ) {
    this.names = new SystemNames(sys);
  }

  run(text: string): void {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) {
      this.line += 1;
      this.take(line);
    }
    if (this.draft) {
      throw new Failure(`iptables-restore: COMMIT expected at line ${this.line + 1}`, 1);
    }
  }

  private take(line: string): void {
    if (line === "" || line.startsWith("#")) return;
    if (line.startsWith("*")) this.begin(line.slice(1).trim());
    else if (this.skipping) {
      if (line === "COMMIT") this.skipping = false;
    } else if (!this.draft || !this.commands) throw this.lineFailed();
    else if (line === "COMMIT") this.commit(this.draft);
    else if (line.startsWith(":")) this.chain(this.draft, line.slice(1));
    else this.rule(this.draft, this.commands, line);
  }

  private lineFailed(): Failure {
    return new Failure(`iptables-restore: line ${this.line} failed`, 1);
  }

  private begin(name: string): void {
    const { face } = this;
    if (this.options.table !== undefined && name !== this.options.table) {
      this.skipping = true;
      return;
    }
    if (!isTableName(name)) {
      const what =
        face.flavour === "nft"
          ? `line ${this.line} table name '${name}' invalid`
          : `unable to initialize table '${name}'`;
      throw usageFailure(face, `iptables-restore: ${what}`, this.line);
    }
    const existing = this.sys.netfilter.table(face.flavour, name);
    const fresh = !existing || (face.flavour === "nft" && !this.options.noFlush);
    const draft = new Draft(fresh ? emptyTable(name, face.flavour) : existing);
    if (!this.options.noFlush) draft.clear();
    if (face.flavour === "legacy") {
      for (const chain of draft.chains.values()) chain.counters = { packets: 0, bytes: 0 };
    }
    this.draft = draft;
    this.commands = new TableCommands(face, draft, this.names, true);
  }

  private chain(draft: Draft, text: string): void {
    const [name = "", policy = "", counters] = text.trim().split(/\s+/);
    if (policy === "") {
      throw usageFailure(
        this.face,
        `iptables-restore: line ${this.line} policy invalid`,
        this.line,
      );
    }
    const existing = draft.chains.get(name);
    if (!existing) {
      draft.addChain(name);
      return;
    }
    if (!existing.policy) {
      existing.rules = [];
      return;
    }
    if (policy === "-") return;
    if (policy !== "ACCEPT" && policy !== "DROP") {
      throw usageFailure(
        this.face,
        `Can't set policy \`${policy}' on \`${name}' line ${this.line}: Bad policy name`,
        this.line,
      );
    }
    existing.policy = policy;
    existing.countsPolicy = true;
    const parsed = /^\[(\d+):(\d+)\]$/.exec(counters ?? "");
    if (this.options.counters && parsed) {
      existing.counters = { packets: Number(parsed[1]), bytes: Number(parsed[2]) };
    }
  }

  private rule(draft: Draft, commands: TableCommands, line: string): void {
    const counted = /^\[(\d+):(\d+)\]\s*/.exec(line);
    const words = splitWords(counted ? line.slice(counted[0].length) : line);
    const isChain = (_: string, name: string): boolean => draft.chains.has(name);
    const argv = ["iptables-restore", ...words];
    const { netfilter } = this.sys;
    const command = parserFor(this.face, argv, netfilter, this.names, isChain, draft.name).parse();
    this.warnings.push(...command.warnings);
    const before = draft.chains.get(command.chain ?? "")?.rules.length ?? 0;
    try {
      this.last = commands.run(command);
    } catch (error) {
      if (error instanceof Failure && error.status === 1) throw this.lineFailed();
      throw error;
    }
    if (!this.options.counters || !counted) return;
    const rules: readonly Rule[] = draft.chains.get(command.chain ?? "")?.rules ?? [];
    for (const rule of rules.slice(before)) {
      rule.counters.packets = Number(counted[1]);
      rule.counters.bytes = Number(counted[2]);
    }
  }

  private commit(draft: Draft): void {
    this.draft = undefined;
    if (this.options.test) {
      const missing = draft.missingChain();
      if (missing !== undefined) throw new UsageError(`Chain '${missing}' does not exist`);
      return;
    }
    commit(this.face, this.sys.netfilter, draft, this.last, this.line);
  }
}

/** Words in double quotes may have blanks; a backslash protects the next character in them. */
function splitWords(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let inWord = false;
  let inQuotes = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    if (inQuotes && character === "\\" && index + 1 < line.length) {
      index += 1;
      word += line[index];
    } else if (character === '"') {
      inQuotes = !inQuotes;
      inWord = true;
    } else if (!inQuotes && /\s/.test(character)) {
      if (inWord) words.push(word);
      word = "";
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (inWord) words.push(word);
  return words;
}
