/** iptables(8), in both flavours. */
import { KernelError } from "../../kernel/errno.ts";
import { UsageError } from "../../kernel/netfilter/xtables/extension.ts";
import { emptyArpTable } from "../../kernel/netfilter/arptables/arp-tables.ts";
import {
  emptyTable,
  isTableName,
  type Table,
  type TableName,
} from "../../kernel/netfilter/xtables/rule.ts";
import type { Netfilter } from "../../kernel/netfilter/netfilter.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { CommandParser, type CommandLine } from "./command-line.ts";
import { TableCommands } from "./commands.ts";
import { commit } from "./commit.ts";
import { Draft } from "./draft.ts";
import { commandOf, Failure, storeOf, usageFailure, versionOf, type Face } from "./failure.ts";
import { HelpAsked, helpText } from "./help/help.ts";
import { list, listRules } from "./listing.ts";
import { tell } from "./verbose.ts";
import { SystemNames } from "./names.ts";

function legacyWarning(face: Face): string {
  const legacy = `${commandOf(face)}-legacy`;
  return `# Warning: ${legacy} tables present, use ${legacy} to see them\n`;
}

export function* runIptables(
  sys: Sys,
  argv: readonly string[],
  flavour: Face["flavour"],
  family: Face["family"],
): Blocking<number> {
  const face: Face = { flavour, family, program: "" };
  return yield* runAs(sys, argv, { ...face, program: commandOf(face) });
}

export function* runAs(sys: Sys, argv: readonly string[], face: Face): Blocking<number> {
  try {
    yield* runCommand(sys, argv, face);
    return 0;
  } catch (error) {
    const failure = asFailure(error, face);
    yield* sys.printError(`${failure.text}\n`);
    return failure.status;
  }
}

/** Anything but a fault of ours has words. */
export function asFailure(error: unknown, face: Face, line?: number): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof UsageError) {
    return usageFailure(face, error.message, line, error.isSigned);
  }
  if (error instanceof KernelError && error.errno === "EPERM") return notRoot(face);
  throw error;
}

function notRoot(face: Face): Failure {
  if (face.flavour === "nft") {
    return new Failure(
      `${versionOf(face)}: Could not fetch rule set generation id: Permission denied (you must be root)`,
      4,
    );
  }
  return new Failure(
    `${versionOf(face)}: can't initialize ${commandOf(face)} table \`filter': Permission denied (you must be root)`,
    3,
  );
}

export function parserFor(
  face: Face,
  argv: readonly string[],
  netfilter: Netfilter,
  names: SystemNames,
  isChain: (table: string, name: string) => boolean,
  table?: string,
): CommandParser {
  return new CommandParser(
    face,
    argv,
    names,
    (name) => netfilter.sets.get(name)?.dimension,
    isChain,
    table,
  );
}

/** Of the other program. */
export const WRONG_FAMILY: Readonly<Record<Face["family"], readonly string[]>> = {
  ipv4: ["-6", "--ipv6"],
  ipv6: ["-4", "--ipv4"],
  arp: [],
};

function* runCommand(sys: Sys, argv: readonly string[], face: Face): Blocking<void> {
  if (argv.slice(1).some((word) => word === "-V" || word === "--version")) {
    yield* sys.print(`${versionOf(face)}\n`);
    return;
  }
  const { netfilter } = sys;
  const store = storeOf(face, netfilter);
  const names = new SystemNames(sys);
  const isChain = (table: string, name: string): boolean =>
    isTableName(table) && store.table(face.flavour, table)?.chains.has(name) === true;
  const wrong = WRONG_FAMILY[face.family];
  if (argv.slice(1).some((word) => wrong.includes(word))) {
    const name = face.program;
    throw new Failure(`Try \`${name} -h' or '${name} --help' for more information.`, 2);
  }
  const parser = parserFor(face, argv, netfilter, names, isChain);
  let command: CommandLine;
  try {
    command = parser.parse();
  } catch (error) {
    if (!(error instanceof HelpAsked)) throw error;
    yield* sys.print(helpText(face, error.topics));
    return;
  } finally {
    for (const warning of parser.warnings) yield* sys.printError(warning);
  }
  const { table: tableName } = command;
  if (!isTableName(tableName) || !hasTable(face, tableName)) throw noTable(face, tableName);
  const existing = store.table(face.flavour, tableName);
  if (face.flavour === "legacy") store.openTable("legacy", tableName);
  const draft = new Draft(existing ?? freshTable(face, tableName));
  if (command.letter === "L" || command.letter === "S") {
    if (face.family !== "arp" && face.flavour === "nft" && store.tableNames("legacy").length > 0) {
      yield* sys.printError(legacyWarning(face));
    }
    yield* sys.print(show(face, draft, command, names));
    if (command.zero) {
      new TableCommands(face, draft, names, existing !== undefined).zeroListed(command.chain);
      store.replaceTable(face.flavour, draft.finish());
    }
    return;
  }
  const commands = new TableCommands(face, draft, names, existing !== undefined);
  const told = command.verbose ? tell(face, draft, command, names) : "";
  if (face.flavour === "nft") commands.checkJump(command.rule);
  const refusable = commands.run(command);
  if (command.verbose && command.letter === "F" && command.chain === undefined) {
    for (const chain of draft.chains.values()) draft.create(chain);
  }
  if (command.letter !== "C" && (existing || draft.hasChains())) {
    commit(face, netfilter, draft, refusable);
  }
  yield* sys.print(told);
}

export function hasTable({ family }: Face, name: TableName): boolean {
  return family !== "arp" || name === "filter";
}

/** As it is before anything was done to it. */
export function freshTable({ family, flavour }: Face, name: TableName): Table {
  return family === "arp" ? emptyArpTable() : emptyTable(name, flavour);
}

function show(face: Face, draft: Draft, command: CommandLine, names: SystemNames): string {
  const print = command.letter === "L" ? list : listRules;
  return print(face, draft, command, names);
}

function noTable(face: Face, name: string): Failure {
  const text =
    face.flavour === "nft"
      ? `${versionOf(face)}: table '${name}' does not exist`
      : `${versionOf(face)}: can't initialize ${commandOf(face)} table \`${name}': Table does not exist (do you need to insmod?)`;
  return new Failure(`${text}\nPerhaps ${commandOf(face)} or your kernel needs to be upgraded.`, 3);
}
