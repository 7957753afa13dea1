/** The three option styles of ps(1): UNIX with a dash, BSD without, GNU with two. */
import type { Sys } from "../../../kernel/process/sys.ts";
import { findGroup, findUser } from "../../support/accounts.ts";
import type { ProcessInfo } from "../../support/process-list.ts";
import { findColumn, FORMATS, type Column } from "./columns.ts";

/** A wrong command line: `error: …` and the usage. */
export class PsError extends Error {}

/** Something real that is not modelled. */
export class PsRefusal extends Error {}

export interface ShownColumn extends Column {
  /** As `-o name=TITLE` wishes it. */
  readonly title: string;
}

export interface PsOptions {
  columns: ShownColumn[];
  selects: (process: ProcessInfo) => boolean;
  sort: { readonly column: Column; readonly descending: boolean }[];
  headers: boolean;
  tree: "none" | "forest" | "indented";
  trueCommand: boolean;
  environment: boolean;
  /** Unlimited, or to the terminal's width. */
  wide: boolean;
  help: "usage" | "version" | undefined;
}

type Test = (process: ProcessInfo) => boolean;

export function readOptions(
  words: readonly string[],
  sys: Sys,
  own: ProcessInfo | undefined,
): PsOptions {
  return new Reader(words, sys, own).read();
}

class Reader {
  private at = 0;
  /** A process is shown if any of these says so. */
  private readonly lists: Test[] = [];
  private readonly columns: ShownColumn[] = [];
  private readonly letters = new Set<string>();
  private readonly bsd = new Set<string>();
  private negated = false;
  private all: Test | undefined;
  private readonly options: PsOptions = {
    columns: [],
    selects: () => true,
    sort: [],
    headers: true,
    tree: "none",
    trueCommand: false,
    environment: false,
    wide: false,
    help: undefined,
  };

  constructor(
    private readonly words: readonly string[],
    private readonly sys: Sys,
    private readonly own: ProcessInfo | undefined,
  ) {}

  read(): PsOptions {
    for (; this.at < this.words.length; this.at++) {
      const word = this.words[this.at] as string;
      if (word.startsWith("--")) this.gnu(word.slice(2));
      else if (word.startsWith("-") && word.length > 1) this.unix(word.slice(1));
      else if (/^[\d,]+$/.test(word)) this.lists.push(this.numbers(word, (process) => process.pid));
      else this.bsdWord(word);
    }
    this.options.columns = this.columns.length > 0 ? this.columns : this.defaultColumns();
    if (this.columns.length > 0 && this.columns.every(({ title }) => title === ""))
      this.options.headers = false;
    this.options.selects = this.selection();
    return this.options;
  }

  private argument(rest: string, what: string): string {
    if (rest !== "") return rest;
    this.at += 1;
    const word = this.words[this.at];
    if (word === undefined) throw new PsError(what);
    return word;
  }

  private numbers(list: string, of: (process: ProcessInfo) => number): Test {
    const wanted = new Set<number>();
    for (const part of list.split(/[ ,\t]+/).filter(Boolean)) {
      if (!/^\d+$/.test(part)) throw new PsError("process ID list syntax error");
      wanted.add(Number(part));
    }
    if (wanted.size === 0) throw new PsError("process ID list syntax error");
    return (process) => wanted.has(of(process));
  }

  private named(
    list: string,
    find: (text: string) => number | undefined,
    of: (process: ProcessInfo) => number,
    error: string,
  ): Test {
    const wanted = list
      .split(/[ ,\t]+/)
      .filter(Boolean)
      .map((part) => {
        const number = find(part);
        if (number === undefined) throw new PsError(error);
        return number;
      });
    return (process) => wanted.includes(of(process));
  }

  private terminals(list: string): Test {
    const wanted = list
      .split(/[ ,\t]+/)
      .filter(Boolean)
      .map((part) => {
        const name = part.replace(/^\/dev\//, "");
        const full = /^\d+$/.test(name) ? `pts/${name}` : name;
        if (full !== "-" && full !== "?" && !this.sys.access(`/dev/${full}`, {}))
          throw new PsError("TTY could not be found");
        return full === "-" || full === "?" ? undefined : full;
      });
    return (process) => wanted.includes(process.terminal);
  }

  private commands(list: string): Test {
    const wanted = list.split(/[ ,\t]+/).map((name) => name.slice(0, 15));
    return (process) => wanted.includes(process.comm);
  }

  /** `pid,ppid comm=NAME` */
  private addColumns(list: string): void {
    for (const part of list.split(/[ ,\t]+/).filter(Boolean)) {
      const found = /^([^=:]+)(?::(\d+))?(?:=(.*))?$/.exec(part);
      const column = found && findColumn(found[1] as string);
      if (!found || !column)
        throw new PsError(`unknown user-defined format specifier "${found?.[1] ?? part}"`);
      const title = found[3] ?? column.title;
      const width = found[2] === undefined ? column.width : Number(found[2]);
      this.columns.push({ ...column, title, width: Math.max(width, title.length) });
    }
  }

  private addSort(list: string): void {
    for (const part of list.split(",").filter(Boolean)) {
      const column = findColumn(part.replace(/^[-+]/, ""));
      if (!column) throw new PsError("unknown sort specifier");
      this.options.sort.push({ column, descending: part.startsWith("-") });
    }
  }

  private gnu(word: string): void {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = () =>
      equals < 0 ? this.argument("", `${name} requires an argument`) : word.slice(equals + 1);
    switch (name) {
      case "pid":
      case "quick-pid":
        this.lists.push(this.numbers(value(), (process) => process.pid));
        return;
      case "ppid":
        this.lists.push(this.numbers(value(), (process) => process.ppid));
        return;
      case "sid":
        this.lists.push(this.numbers(value(), (process) => process.session));
        return;
      case "user":
      case "User":
        this.lists.push(this.users(value()));
        return;
      case "group":
      case "Group":
        this.lists.push(
          this.named(
            value(),
            (text) => findGroup(this.sys, text),
            (process) => process.gid,
            "group name does not exist",
          ),
        );
        return;
      case "tty":
        this.lists.push(this.terminals(value()));
        return;
      case "format":
        this.addColumns(value());
        return;
      case "sort":
        this.addSort(value());
        return;
      case "forest":
        this.options.tree = "forest";
        return;
      case "headers":
        return;
      case "no-headers":
      case "no-heading":
      case "noheaders":
      case "noheading":
        this.options.headers = false;
        return;
      case "deselect":
        this.negated = true;
        return;
      case "cols":
      case "columns":
      case "width":
        value();
        return;
      case "help":
        this.options.help = "usage";
        return;
      case "version":
        this.options.help = "version";
        return;
      case "context":
      case "cumulative":
      case "info":
      case "lines":
      case "rows":
      case "signames":
        throw new PsRefusal(`the option '--${name}'`);
      default:
        throw new PsError("unknown gnu long option");
    }
  }

  private users(list: string): Test {
    return this.named(
      list,
      (text) => findUser(this.sys, text),
      (process) => process.uid,
      "user name does not exist",
    );
  }

  private unix(letters: string): void {
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] as string;
      const rest = letters.slice(index + 1);
      const take = (what: string) => {
        index = letters.length;
        return this.argument(rest, what);
      };
      switch (letter) {
        case "A":
        case "e":
          this.all = () => true;
          break;
        case "a":
          this.all = (process) => process.terminal !== undefined && process.session !== process.pid;
          break;
        case "d":
          this.all = (process) => process.session !== process.pid;
          break;
        case "N":
          this.negated = true;
          break;
        case "f":
        case "j":
        case "l":
          this.letters.add(letter);
          break;
        case "H":
          this.options.tree = "indented";
          break;
        case "w":
          this.options.wide = true;
          break;
        case "y":
        case "c":
        case "F":
        case "L":
        case "T":
        case "M":
        case "Z":
        case "m":
        case "P":
        case "O":
        case "n":
          throw new PsRefusal(`the option '-${letter}'`);
        case "o":
          this.addColumns(take("format specification must follow -o"));
          break;
        case "p":
        case "q":
          this.lists.push(
            this.numbers(take("list of process IDs must follow -p"), (process) => process.pid),
          );
          break;
        case "C":
          this.lists.push(this.commands(take("list of command names must follow -C")));
          break;
        case "u":
        case "U":
          this.lists.push(this.users(take(`list of users must follow -${letter}`)));
          break;
        case "G":
          this.lists.push(
            this.named(
              take("list of real groups must follow -G"),
              (text) => findGroup(this.sys, text),
              (process) => process.gid,
              "group name does not exist",
            ),
          );
          break;
        case "g":
        case "s":
          this.lists.push(
            this.numbers(
              take(`list of session leaders OR effective group IDs was invalid`),
              (process) => process.session,
            ),
          );
          break;
        case "t":
          this.lists.push(this.terminals(take("list of terminals (pty, tty...) must follow -t")));
          break;
        case "V":
          this.options.help = "version";
          break;
        default:
          throw new PsError("unsupported SysV option");
      }
    }
  }

  private bsdWord(letters: string): void {
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] as string;
      const rest = letters.slice(index + 1);
      const take = (what: string) => {
        index = letters.length;
        return this.argument(rest, what);
      };
      switch (letter) {
        case "a":
        case "x":
        case "u":
        case "j":
        case "l":
        case "r":
          this.bsd.add(letter);
          break;
        case "A":
          this.bsd.add("a").add("x");
          break;
        case "f":
          this.options.tree = "forest";
          break;
        case "c":
          this.options.trueCommand = true;
          break;
        case "e":
          this.options.environment = true;
          break;
        case "w":
          this.options.wide = true;
          break;
        case "h":
          this.options.headers = false;
          break;
        case "T":
          this.lists.push((process) => process.terminal === this.own?.terminal);
          break;
        case "o":
          this.addColumns(take("format specification must follow o"));
          break;
        case "p":
          this.lists.push(
            this.numbers(take("list of process IDs must follow p"), (process) => process.pid),
          );
          break;
        case "U":
          this.lists.push(this.users(take("list of users must follow U")));
          break;
        case "t":
          this.lists.push(
            rest === ""
              ? (process) => process.terminal === this.own?.terminal
              : this.terminals(take("")),
          );
          break;
        case "k":
          this.addSort(take("long sort specification must follow 'k'"));
          break;
        case "V":
          this.options.help = "version";
          break;
        case "L":
        case "H":
        case "M":
        case "O":
        case "S":
        case "X":
        case "Z":
        case "g":
        case "m":
        case "n":
        case "s":
        case "v":
          throw new PsRefusal(`the option '${letter}'`);
        default:
          throw new PsError("unsupported option (BSD syntax)");
      }
      this.bsd.add("bsd");
    }
  }

  private defaultColumns(): ShownColumn[] {
    const unix = (["l", "j", "f"] as const).filter((letter) => this.letters.has(letter));
    const key =
      unix.length > 0
        ? `-${unix.join("")}`
        : this.bsd.has("u")
          ? "u"
          : this.bsd.has("j")
            ? "j"
            : this.bsd.has("l")
              ? "l"
              : this.bsd.size > 0 ||
                  (this.lists.length > 0 && this.words.every((word) => /^[\d,]+$/.test(word)))
                ? "bsd"
                : "default";
    const format = FORMATS[key as keyof typeof FORMATS];
    if (format === undefined) throw new PsRefusal(`the options '${key}' together`);
    return format.split(" ").map((name) => findColumn(name) as Column);
  }

  private selection(): Test {
    const { bsd, own, lists } = this;
    const running: Test = bsd.has("r")
      ? (process) => process.state === "R" || process.state === "D"
      : () => true;
    const mine: Test = (process) => process.uid === (own?.uid ?? 0);
    let chosen: Test;
    if (this.all) chosen = this.all;
    else if (bsd.has("a") || bsd.has("x")) {
      chosen = (process) =>
        (bsd.has("x") || process.terminal !== undefined) && (bsd.has("a") || mine(process));
      if (lists.length > 0 && !(bsd.has("a") && bsd.has("x"))) {
        const listed = chosen;
        chosen = (process) => listed(process) || lists.some((test) => test(process));
      }
    } else if (lists.length > 0) chosen = (process) => lists.some((test) => test(process));
    else if (bsd.has("bsd"))
      chosen = (process) =>
        process.terminal !== undefined && mine(process) && process.terminal === own?.terminal;
    else chosen = (process) => process.terminal === own?.terminal && mine(process);
    return (process) => chosen(process) !== this.negated && running(process);
  }
}
