/** ipset(8) */
import { KernelError } from "../../kernel/errno.ts";
import { IpSetError } from "../../kernel/netfilter/ipset/error.ts";
import type { SetOptions } from "../../kernel/netfilter/ipset/ip-set.ts";
import type { IpSets } from "../../kernel/netfilter/ipset/ipset.ts";
import { SET_TYPES, type SetType } from "../../kernel/netfilter/ipset/set-type.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { readAll } from "../support/streams.ts";
import {
  NO_FLAGS,
  parseCommandLine,
  splitLine,
  type CommandLine,
  type Flags,
} from "./command-line.ts";
import { parseAdd, parseCreate } from "./create-options.ts";
import { parseElement } from "./element-text.ts";
import { Failure, kernelFailure, syntaxError, type Command } from "./failure.ts";
import { HELP } from "./help.ts";
import { rangeText, setsText } from "./print.ts";

const VERSION = "ipset v7.17";
const STDIN = 0;

/** IPSET_MAXNAMELEN, less its end. */
const MAX_NAME = 31;

/** Type names of ipset 4. */
const OLD_TYPES: Readonly<Record<string, string>> = {
  iphash: "hash:ip",
  ipporthash: "hash:ip,port",
  ipportiphash: "hash:ip,port,ip",
  ipportnethash: "hash:ip,port,net",
  nethash: "hash:net",
  setlist: "list:set",
};

/** Real types that Podwire does not keep. */
const UNMODELLED_TYPES: ReadonlySet<string> = new Set([
  "bitmap:ip,mac",
  "ipmap",
  "ipset",
  "iptree",
  "iptreemap",
  "macipmap",
  "portmap",
]);

function findType(name: string): SetType {
  const current = OLD_TYPES[name] ?? name;
  const type = SET_TYPES.find((one) => one.name === current);
  if (type) return type;
  if (UNMODELLED_TYPES.has(name)) {
    throw new Failure(`Podwire does not model the set type ${name}`);
  }
  throw syntaxError(`typename '${name}' is unknown`);
}

/** What creating again must agree on; mtype_same_set(). */
function isSame(a: SetOptions, b: SetOptions): boolean {
  return (["maxElements", "timeout", "netmask", "counters", "comment", "skbinfo"] as const).every(
    (key) => a[key] === b[key],
  );
}

class Session {
  constructor(
    private readonly sys: Sys,
    private readonly flags: Flags,
  ) {}

  private get sets(): IpSets {
    return this.sys.netfilter.sets;
  }

  *run(line: CommandLine, isRestoring: boolean): Blocking<number> {
    const { command, words } = line;
    try {
      return yield* this.carryOut(command, words, isRestoring);
    } catch (error) {
      if (error instanceof IpSetError) throw kernelFailure(error.code, command);
      throw error;
    }
  }

  private *carryOut(command: Command, words: string[], isRestoring: boolean): Blocking<number> {
    const [first, second = ""] = words;
    switch (command) {
      case "create":
        yield* this.create(words);
        return 0;
      case "add":
      case "del":
      case "test":
        return yield* this.element(command, words);
      case "destroy":
        this.sets.destroy(first);
        return 0;
      case "flush":
        this.sets.flush(first);
        return 0;
      case "rename":
        this.sets.rename(first as string, second);
        return 0;
      case "swap":
        this.sets.swap(first as string, second);
        return 0;
      case "list":
      case "save":
        yield* this.list(command, first);
        return 0;
      case "restore":
        if (isRestoring) {
          throw new Failure("Command `restore' is invalid in restore mode.", 2);
        }
        return yield* this.restore();
      case "help":
        if (first !== undefined) {
          throw new Failure("Podwire does not model the help of a set type; see 'man ipset'");
        }
        yield* this.sys.print(HELP);
        return 0;
      case "version":
        yield* this.sys.print(`${VERSION}, protocol version: 7\n`);
        return 0;
    }
  }

  private *create([name = "", typeName = "", ...rest]: string[]): Blocking<void> {
    if (name.length > MAX_NAME) {
      throw syntaxError(`setname '${name}' is longer than ${MAX_NAME} characters`);
    }
    const type = findType(typeName);
    const options = yield* parseCreate(this.sys, type, rest, this.sets.newInitval());
    const known = this.sets.get(name);
    if (this.flags.exist && known?.type === type && isSame(known.options, options)) return;
    this.sets.create(name, type.name, options);
  }

  private *element(
    command: "add" | "del" | "test",
    [name = "", text = "", ...rest]: string[],
  ): Blocking<number> {
    const { sets } = this;
    const { exist } = this.flags;
    const set = sets.get(name);
    if (!set) throw new IpSetError("NO_SUCH_SET");
    const { type } = set;
    const options = parseAdd(type, rest, command === "add");
    const { placement } = options;
    if (type.storage === "list") {
      if (command === "add") sets.addMember(name, text, placement, options, exist);
      else if (command === "del") sets.deleteMember(name, text, placement, exist);
      else {
        // The real one names the other side.
        const where = placement
          ? ` ${placement.side === "before" ? "after" : "before"} ${placement.name}`
          : "";
        return yield* this.tell(sets.testMember(name, text, placement), text + where, name);
      }
      return 0;
    }
    const range = yield* parseElement(this.sys, type, text, command);
    if (command === "add") sets.add(name, range, options, exist);
    else if (command === "del") sets.delete(name, range, exist);
    else {
      const isIn = sets.test(name, range, options.isNoMatch ?? false);
      return yield* this.tell(isIn, rangeText(type, range), name);
    }
    return 0;
  }

  private *tell(isIn: boolean, element: string, name: string): Blocking<number> {
    if (!this.flags.quiet) {
      yield* this.sys.printError(
        isIn ? `Warning: ${element} is in set ${name}.\n` : `${element} is NOT in set ${name}.\n`,
      );
    }
    return isIn ? 0 : 1;
  }

  private *list(command: "list" | "save", name: string | undefined): Blocking<void> {
    const { sets, flags } = this;
    if (name !== undefined && !sets.get(name)) throw new IpSetError("NO_SUCH_SET");
    const names = name === undefined ? sets.names() : [name];
    const text =
      flags.namesOnly && command === "list"
        ? names.map((one) => `${one}\n`).join("")
        : setsText(sets, names, {
            mode: flags.mode ?? (command === "save" ? "save" : "plain"),
            sorted: flags.sorted,
            terse: flags.terse,
          });
    if (flags.file === undefined) yield* this.sys.print(text);
    else this.sys.writeFile(flags.file, text);
  }

  /** Each line is a command; the first that fails ends it, and what came before stays. */
  private *restore(): Blocking<number> {
    const { file } = this.flags;
    const text =
      file === undefined
        ? decodeUtf8(yield* readAll(this.sys, STDIN))
        : this.sys.readTextFile(file);
    const { exist } = this.flags;
    for (const [index, line] of text.split("\n").entries()) {
      const words = splitLine(line);
      if (words.length === 0 || line.startsWith("#") || words[0] === "COMMIT") continue;
      const flags = { ...NO_FLAGS, exist };
      try {
        const parsed = parseCommandLine(words, flags);
        yield* new Session(this.sys, flags).run(parsed, true);
      } catch (error) {
        if (!(error instanceof Failure) || error.status === 2) throw error;
        throw new Failure(`Error in line ${index + 1}: ${error.message}`);
      }
    }
    return 0;
  }
}

export const ipset: Program = {
  name: "ipset",
  package: "ipset",
  directory: "/usr/sbin",
  docs: {
    summary: "administration tool for IP sets",
    synopsis: "ipset [options] COMMAND",
    options: [
      ["create NAME TYPE [options]", `makes a set: ${SET_TYPES.map(({ name }) => name).join(" ")}`],
      ["family inet, hashsize, maxelem, netmask, markmask, range, size", "of the set"],
      ["timeout, counters, comment, skbinfo, bucketsize, initval", "what its elements carry"],
      ["add, del, test NAME ELEMENT [timeout packets bytes comment skbmark nomatch]", "elements"],
      ["list, save, restore, flush, destroy, rename, swap", "whole sets"],
      ["-!, -exist", "what exists already or is missing is no error"],
      ["-o plain|save|xml, -s, -t, -n, -q, -f FILE", "how it is listed, and where"],
    ],
    examples: ["ipset create friends hash:ip", "ipset add friends 10.0.0.1"],
    limitations: [
      "The members of a hash are listed in the order in which they were added.",
      "Family inet6, bitmask, wildcard, -r, the interactive mode and bitmap:ip,mac are not modelled.",
      "A hash does not grow: the size of its table is the one it was created with.",
    ],
  },
  *main(sys, argv) {
    const flags: Flags = { ...NO_FLAGS };
    try {
      const line = parseCommandLine(argv.slice(1), flags);
      return yield* new Session(sys, flags).run(line, false);
    } catch (error) {
      const failure = asFailure(error);
      if (!failure) return 255;
      if (!flags.quiet) {
        const hint = failure.status === 2 ? "Try `ipset help' for more information.\n" : "";
        yield* sys.printError(`${VERSION}: ${failure.message}\n${hint}`);
      }
      return failure.status;
    }
  },
};

/** Undefined: a file could not be opened, which the real one does not tell. */
function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (!(error instanceof KernelError)) throw error;
  return error.errno === "EPERM"
    ? new Failure("Kernel error received: Operation not permitted")
    : undefined;
}
