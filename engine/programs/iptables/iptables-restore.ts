/** iptables-restore(8) */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { TableStore } from "../../kernel/netfilter/ipv6/tables.ts";
import { UsageError } from "../../kernel/netfilter/xtables/extension.ts";
import {
  isTableName,
  type Counters,
  type Rule,
  type Table,
} from "../../kernel/netfilter/xtables/rule.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { getopt } from "../support/getopt.ts";
import { readAll } from "../support/streams.ts";
import { checkNewName, isTargetName, MAX_CHAIN_NAME } from "./chain-name.ts";
import type { CommandLine, CommandParser } from "./command-line.ts";
import { TableCommands } from "./commands.ts";
import { Draft } from "./draft.ts";
import { commandOf, Failure, storeOf, usageFailure, versionOf, type Face } from "./failure.ts";
import { HelpAsked } from "./help/help.ts";
import { asFailure, freshTable, hasTable, parserFor, WRONG_FAMILY } from "./iptables.ts";
import { list, listRules } from "./listing.ts";
import { SystemNames } from "./names.ts";
import { refusedLines, type Origin } from "./refused-lines.ts";
import { splitWords } from "./split-words.ts";
import { tell } from "./verbose.ts";

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
  family: Face["family"],
): Blocking<number> {
  const program = `${commandOf({ family })}-restore`;
  const face: Face = { flavour, family, program };
  const parsed = getopt([program, ...argv.slice(1)], {
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
    yield* sys.printError(`${parsed.error}\nTry \`${program} -h' for more information.\n`);
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
  try {
    const isFile = file !== undefined && !/^\d+$/.test(file);
    text = isFile ? sys.readTextFile(file) : decodeUtf8(yield* readAll(sys, 0));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`Can't open ${file}: ${strerror(error.errno)}\n`);
    return 1;
  }
  if (flavour === "legacy" && has("W", "wait-interval")) {
    yield* sys.printError("Ignoring deprecated --wait-interval option.\n");
  }
  return yield* restoreText(sys, face, options, text);
}

/** Carries out what the text says; the exit status. */
export function* restoreText(
  sys: Sys,
  face: Face,
  options: RestoreOptions,
  text: string,
): Blocking<number> {
  const restore = new Restore(sys, face, options);
  let failure: Failure | undefined;
  try {
    restore.run(text);
  } catch (error) {
    failure = asFailure(error, face, restore.line);
  }
  yield* sys.print(restore.output);
  yield* sys.printError(restore.warnings.join("") + (failure ? `${failure.text}\n` : ""));
  return failure?.status ?? 0;
}

const isOfCommand = (error: unknown): boolean => error instanceof Failure && error.status === 1;

class Restore {
  line = 0;
  readonly warnings: string[] = [];
  output = "";
  private draft: Draft | undefined;
  private commands: TableCommands | undefined;
  private readonly origins = new Map<Rule, Origin>();
  private lastChange: Origin = { line: 0, operation: "RULE_APPEND", what: "" };
  private skipping = false;
  /** With -v: the chains that are emptied are yet to be named. */
  private tellsFlush = false;
  private readonly names: SystemNames;
  private readonly store: TableStore;

  constructor(
    private readonly sys: Sys,
    private readonly face: Face,
    private readonly options: RestoreOptions,
  ) {
    this.names = new SystemNames(sys);
    this.store = storeOf(face, sys.netfilter);
  }

  run(text: string): void {
    const lines = text.split("\n");
    const isWhole = lines.at(-1) === "";
    if (isWhole) lines.pop();
    const lastCommit = lines.lastIndexOf("COMMIT");
    for (const [index, line] of lines.entries()) {
      this.line += 1;
      try {
        this.take(line, isWhole || index < lines.length - 1);
      } catch (error) {
        const isImplicit = this.draft && this.face.family === "arp" && index > lastCommit;
        throw isImplicit && isOfCommand(error) ? this.implicitCommitFailed() : error;
      }
    }
    if (this.draft && this.face.family === "arp") this.commit(this.draft);
    if (this.draft) {
      throw new Failure(`${this.face.program}: COMMIT expected at line ${this.line + 1}`, 1);
    }
  }

  /** arptables carries out what it was given at the end of the file. */
  private implicitCommitFailed(): Failure {
    const { face } = this;
    const what = "final implicit COMMIT failed";
    return new Failure(`${versionOf(face)}: ${face.program}: ${what}`, 1);
  }

  /** `isEnded`: a newline follows, without which legacy does not know a COMMIT. */
  private take(line: string, isEnded: boolean): void {
    if (line === "") return;
    if (line.startsWith("#")) {
      if (this.options.verbose) this.output += `${line}\n`;
      return;
    }
    const isCommit = line === "COMMIT" && (isEnded || this.face.flavour === "nft");
    if (this.skipping) {
      if (isCommit) this.skipping = false;
    } else if (!this.draft || !this.commands) {
      if (!line.startsWith("*")) throw this.lineFailed();
      this.begin(line.slice(1).trim());
    } else if (this.face.family === "arp" && line.startsWith("*")) {
      this.commit(this.draft);
      this.begin(line.slice(1).trim());
    } else {
      this.tellFlush(this.draft);
      if (isCommit) this.commit(this.draft);
      else if (line.startsWith(":")) this.chain(this.draft, line.slice(1));
      else this.rule(this.draft, this.commands, line);
    }
  }

  private lineFailed(why?: string): Failure {
    const what = why === undefined ? "" : `: ${why}`;
    return new Failure(`${this.face.program}: line ${this.line} failed${what}`, 1);
  }

  private begin(name: string): void {
    const { face } = this;
    if (this.options.table !== undefined && name !== this.options.table) {
      this.skipping = true;
      return;
    }
    if (!isTableName(name) || !hasTable(face, name)) {
      const what =
        face.flavour === "nft"
          ? `line ${this.line} table name '${name}' invalid`
          : `unable to initialize table '${name}'`;
      throw usageFailure(face, `${face.program}: ${what}`, this.line);
    }
    const existing = this.store.table(face.flavour, name);
    const fresh = !existing || (face.flavour === "nft" && !this.options.noFlush);
    const draft = new Draft(fresh ? freshTable(face, name) : existing);
    if (!this.options.noFlush) draft.clear();
    if (face.flavour === "legacy") {
      for (const chain of draft.chains.values()) chain.counters = { packets: 0, bytes: 0 };
    }
    this.draft = draft;
    this.origins.clear();
    this.commands = new TableCommands(face, draft, this.names, true);
    this.tellsFlush = this.options.verbose && !this.options.noFlush;
    if (face.flavour === "legacy") this.tellFlush(draft);
  }

  private tellFlush(draft: Draft): void {
    if (!this.tellsFlush) return;
    this.tellsFlush = false;
    for (const { name, policy } of draft.chains.values()) {
      if (policy) this.output += `Flushing chain \`${name}'\n`;
    }
  }

  // ---------------------------------------------------------------- `:CHAIN policy [counters]`

  private chain(draft: Draft, text: string): void {
    const [name = "", policy = "", counters] = text.trim().split(/\s+/);
    if (policy === "") {
      throw usageFailure(
        this.face,
        `${this.face.program}: line ${this.line} policy invalid`,
        this.line,
      );
    }
    const existing = draft.chains.get(name);
    if (existing?.policy) {
      draft.create(existing);
      if (policy === "-") return;
      if (policy !== "ACCEPT" && policy !== "DROP") throw this.badPolicy(name, policy, "name");
      existing.policy = policy;
      // arptables has no counters to give it.
      existing.countsPolicy = this.face.family !== "arp";
      if (this.options.counters) existing.counters = this.policyCounters(name, counters);
      return;
    }
    this.ownChain(draft, name, policy);
  }

  private ownChain(draft: Draft, name: string, policy: string): void {
    const isLegacy = this.face.flavour === "legacy";
    const fail = (words: string): Failure => usageFailure(this.face, words, this.line);
    if (isLegacy && name.length > MAX_CHAIN_NAME) {
      throw fail(`Invalid chain name \`${name}' (${MAX_CHAIN_NAME} chars max)`);
    }
    if (isLegacy && policy !== "-") throw this.badPolicy(name, policy, "chain");
    const existing = draft.chains.get(name);
    if (isLegacy && (isTargetName(name) || (existing && !this.options.noFlush))) {
      throw fail(`error creating chain '${name}':File exists`);
    }
    if (!isLegacy) checkNewName(name, []);
    if (existing) existing.rules = [];
    else draft.addChain(name);
  }

  private badPolicy(chain: string, policy: string, what: "name" | "chain"): Failure {
    if (this.face.flavour === "nft") return this.lineFailed("Bad policy name.");
    const why = what === "name" ? "Bad policy name" : "Bad built-in chain name";
    return new Failure(
      `${versionOf(this.face)}: Can't set policy \`${policy}' on \`${chain}' line ${this.line}: ${why}`,
      1,
    );
  }

  private policyCounters(chain: string, text: string | undefined): Counters {
    const parsed = /^\[(\d+):(\d+)\]$/.exec(text ?? "");
    if (parsed) return { packets: Number(parsed[1]), bytes: Number(parsed[2]) };
    throw usageFailure(this.face, `invalid policy counters for chain '${chain}'`, this.line);
  }

  // ---------------------------------------------------------------- rules

  private rule(draft: Draft, commands: TableCommands, line: string): void {
    const counted = /^\[(\d+):(\d+)\]\s*/.exec(line);
    if (line.startsWith("[") && !counted) throw new UsageError(`Bad line ${this.line}: need ]`);
    const words = splitWords(counted ? line.slice(counted[0].length) : line);
    if (WRONG_FAMILY[this.face.family].includes(words[0] ?? "")) return;
    const argv = [this.face.program, ...words];
    const { netfilter } = this.sys;
    const parser = parserFor(
      this.face,
      argv,
      netfilter,
      this.names,
      (_, name) => draft.chains.has(name),
      draft.name,
    );
    const command = this.parse(parser);
    if (command.letter === "L" || command.letter === "S") {
      const print = command.letter === "L" ? list : listRules;
      this.output += print(this.face, draft, command, this.names);
      return;
    }
    if (this.options.verbose) this.output += tell(this.face, draft, command, this.names);
    const old = draft.chains.get(command.chain ?? "")?.rules ?? [];
    const isAppended = command.letter === "A";
    const before = isAppended ? undefined : new Set(old);
    const firstNew = isAppended ? old.length : 0;
    try {
      this.lastChange = { ...commands.run(command), line: this.line };
    } catch (error) {
      throw error instanceof Failure ? this.inLine(error) : error;
    }
    const rules: readonly Rule[] = draft.chains.get(command.chain ?? "")?.rules ?? [];
    for (let index = firstNew; index < rules.length; index++) {
      const rule = rules[index] as Rule;
      if (before?.has(rule)) continue;
      this.origins.set(rule, this.lastChange);
      if (!this.options.counters || !counted) continue;
      rule.counters.packets = Number(counted[1]);
      rule.counters.bytes = Number(counted[2]);
    }
  }

  private parse(parser: CommandParser): CommandLine {
    try {
      return parser.parse();
    } catch (error) {
      if (!(error instanceof HelpAsked)) throw error;
      throw new Failure(`${this.face.program}: Podwire does not model -h in a line of rules`, 1);
    } finally {
      this.warnings.push(...parser.warnings);
    }
  }

  /** The words of a command, as the program says them of a line. */
  private inLine(failure: Failure): Failure {
    if (failure.status === 1) {
      const why = failure.text.replace(/^[^:]*: /, "");
      return this.face.flavour === "nft" ? this.lineFailed(why) : this.lineFailed();
    }
    const refused = /^.*?\):  (.*)$/.exec(failure.text)?.[1];
    if (refused === undefined) return failure;
    return new Failure(`${versionOf(this.face)}: \nline ${this.line}: ${refused}`, failure.status);
  }

  private commit(draft: Draft): void {
    this.draft = undefined;
    if (this.options.test) return;
    const { face } = this;
    const missing = draft.missingChain();
    if (missing !== undefined) throw new UsageError(`Chain '${missing}' does not exist`);
    if (!draft.hasChains()) {
      this.store.removeTable(face.flavour, draft.name);
      return;
    }
    const table = draft.finish();
    try {
      this.store.replaceTable(face.flavour, table);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (face.flavour === "legacy") throw this.lineFailed();
      throw this.refusal(error, table);
    }
  }

  /** nf_tables names every rule that it did not take. */
  private refusal(error: KernelError, table: Table): Failure {
    const lines = refusedLines(error, table, this.origins, this.lastChange);
    return new Failure(`${versionOf(this.face)}: \n${lines.join("\n")}`, 4);
  }
}
