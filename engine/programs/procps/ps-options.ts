/** The three styles of options of ps(1): UNIX `-ef`, BSD `aux`, GNU `--sort`. */
import type { ProcessInfo } from "../support/process-list.ts";
import { COLUMNS, FORMATS, parseFormat, type Column } from "./ps-columns.ts";

/** A wrong command line; the text follows `error: `. */
export class PsError extends Error {}

export interface PsContext {
  readonly own: ProcessInfo;
  findUser(text: string): number | undefined;
  findGroup(text: string): number | undefined;
}

type Test = (process: ProcessInfo) => boolean;

export class PsOptions {
  columns: readonly Column[] = [];
  headers = true;
  forest = false;
  hierarchy = false;
  nameOnly = false;
  /** How often -w was given. */
  wide = 0;
  sort: readonly { readonly column: Column; readonly descending: boolean }[] = [];
  showsHelp = false;
  showsVersion = false;
  private readonly lists: Test[] = [];
  private readonly letters = new Set<string>();
  private readonly bsd = new Set<string>();
  private negated = false;

  constructor(
    private readonly words: readonly string[],
    private readonly context: PsContext,
  ) {
    for (let word = this.next(); word !== undefined; word = this.next()) {
      if (word.startsWith("--")) this.gnu(word.slice(2));
      else if (word.startsWith("-")) this.unix(word.slice(1));
      else if (/^\d/.test(word)) this.select("p", word);
      else this.bsdWord(word);
    }
    if (this.columns.length === 0) this.columns = this.readyFormat();
  }

  private at = 0;

  private next(): string | undefined {
    return this.words[this.at++];
  }

  private argument(rest: string, what: string): string {
    const value = rest !== "" ? rest : this.next();
    if (value === undefined) throw new PsError(what);
    return value;
  }

  private unix(letters: string): void {
    if (letters === "") throw new PsError("unsupported SysV option");
    for (let index = 0; index < letters.length; index++) {
      const letter = letters.charAt(index);
      const rest = letters.slice(index + 1);
      if ("AeadflFjNHw".includes(letter)) {
        if (letter === "w") this.wide += 1;
        else if (letter === "N") this.negated = true;
        else if (letter === "H") this.hierarchy = true;
        else this.letters.add(letter);
        continue;
      }
      if (letter === "V") this.showsVersion = true;
      else if (letter === "o") {
        this.addColumns(this.argument(rest, "format specification must follow -o"));
        return;
      } else if ("pqCuUgGst".includes(letter)) {
        this.select(letter, this.argument(rest, `list of ${LISTS[letter]} must follow -${letter}`));
        return;
      } else if (UNMODELLED.includes(letter)) {
        throw new PsError(`Podwire does not model the option '-${letter}'`);
      } else throw new PsError("unsupported SysV option");
    }
  }

  private bsdWord(letters: string): void {
    for (let index = 0; index < letters.length; index++) {
      const letter = letters.charAt(index);
      const rest = letters.slice(index + 1);
      if (letter === "w") this.wide += 1;
      else if (letter === "f") this.forest = true;
      else if (letter === "h") this.headers = false;
      else if (letter === "c") this.nameOnly = true;
      else if ("axrujlgT".includes(letter)) this.bsd.add(letter);
      else if (letter === "o") {
        this.addColumns(this.argument(rest, "format specification must follow o"));
        return;
      } else if (letter === "k") {
        this.setSort(this.argument(rest, "long sort specification must follow 'k'"));
        return;
      } else if ("pqUt".includes(letter)) {
        this.select(
          letter === "U" ? "u" : letter,
          this.argument(rest, `list must follow ${letter}`),
        );
        return;
      } else if ("OeLmnNsSvVXZ".includes(letter)) {
        throw new PsError(`Podwire does not model the option '${letter}'`);
      } else throw new PsError("unsupported option (BSD syntax)");
      this.bsd.add("");
    }
  }

  private gnu(option: string): void {
    const [name = "", inline] = splitOnce(option, "=");
    const value = () => {
      const text = inline ?? this.next();
      if (text === undefined) throw new PsError(`option --${name} needs an argument`);
      return text;
    };
    const letter = LONG_LISTS[name];
    if (letter !== undefined) this.select(letter, value());
    else if (name === "sort") this.setSort(value());
    else if (name === "format") this.addColumns(value());
    else if (name === "forest") this.forest = true;
    else if (name === "no-headers" || name === "no-heading" || name === "noheaders")
      this.headers = false;
    else if (name === "headers" || name === "cols" || name === "columns" || name === "width")
      throw new PsError(`Podwire does not model the option '--${name}'`);
    else if (name === "deselect") this.negated = true;
    else if (name === "help") this.showsHelp = true;
    else if (name === "version") this.showsVersion = true;
    else throw new PsError("unknown gnu long option");
  }

  private addColumns(text: string): void {
    const columns = parseFormat(text);
    if ("unknown" in columns) {
      throw new PsError(`unknown user-defined format specifier "${columns.unknown}"`);
    }
    if (columns.length === 0) throw new PsError("empty format list");
    this.columns = [...this.columns, ...columns];
  }

  private setSort(text: string): void {
    this.sort = text.split(",").map((item) => {
      const column = COLUMNS[item.replace(/^[+-]/, "")];
      if (!column) throw new PsError("unknown sort specifier");
      return { column, descending: item.startsWith("-") };
    });
  }

  private select(letter: string, text: string): void {
    const items = text.split(/[,\s]+/).filter((item) => item !== "");
    const numbers = () =>
      items.map((item) => {
        if (!/^\d+$/.test(item)) throw new PsError("process ID list syntax error");
        return Number(item);
      });
    const ids = (find: (item: string) => number | undefined, what: string) =>
      items.map((item) => {
        const id = find(item);
        if (id === undefined) throw new PsError(`${what} name does not exist`);
        return id;
      });
    const { lists } = this;
    switch (letter) {
      case "p":
      case "q": {
        const pids = numbers();
        lists.push(({ pid }) => pids.includes(pid));
        return;
      }
      case "P": {
        const parents = numbers();
        lists.push(({ ppid }) => parents.includes(ppid));
        return;
      }
      case "g":
      case "s": {
        const sessions = numbers();
        lists.push(({ session }) => sessions.includes(session));
        return;
      }
      case "C":
        lists.push(({ comm }) => items.some((item) => item.slice(0, 15) === comm));
        return;
      case "G": {
        const gids = ids((item) => this.context.findGroup(item), "group");
        lists.push(({ gid }) => gids.includes(gid));
        return;
      }
      case "t": {
        const names = items.map((item) => item.replace(/^\/dev\//, ""));
        const full = names.map((name) => (/^\d+$/.test(name) ? `pts/${name}` : name));
        lists.push((p) => full.includes(p.terminal ?? "?") || full.includes("-"));
        return;
      }
      default: {
        const uids = ids((item) => this.context.findUser(item), "user");
        lists.push(({ uid }) => uids.includes(uid));
      }
    }
  }

  private readyFormat(): readonly Column[] {
    const { bsd, letters } = this;
    if (bsd.has("u")) return FORMATS.bsdUser;
    if (bsd.has("j")) return FORMATS.bsdJobs;
    if (bsd.has("l")) return FORMATS.bsdLong;
    if (letters.has("F")) return FORMATS.extraFull;
    if (letters.has("l")) return letters.has("f") ? FORMATS.longFull : FORMATS.long;
    if (letters.has("j")) return letters.has("f") ? FORMATS.fullJobs : FORMATS.jobs;
    if (letters.has("f")) return FORMATS.full;
    return bsd.size > 0 ? FORMATS.bsd : FORMATS.plain;
  }

  selects(process: ProcessInfo): boolean {
    return this.chosen(process) !== this.negated;
  }

  private chosen(process: ProcessInfo): boolean {
    const { bsd, letters, context } = this;
    if (bsd.has("r") && process.state !== "R" && process.state !== "D") return false;
    const isLeader = process.session === process.pid;
    const tests = [...this.lists];
    if (letters.has("A") || letters.has("e")) return true;
    if (letters.has("a")) tests.push((p) => p.terminal !== undefined && !isLeader);
    if (letters.has("d")) tests.push(() => !isLeader);
    if (bsd.has("T")) tests.push((p) => p.terminal === context.own.terminal);
    if (bsd.has("a") || bsd.has("x")) {
      tests.push(
        (p) =>
          (bsd.has("a") || p.uid === context.own.uid) && (bsd.has("x") || p.terminal !== undefined),
      );
    }
    if (tests.length > 0) return tests.some((test) => test(process));
    if (process.uid !== context.own.uid) return false;
    return bsd.size > 0
      ? process.terminal !== undefined
      : process.terminal === context.own.terminal;
  }
}

const LISTS: Readonly<Record<string, string>> = {
  p: "process IDs",
  q: "process IDs",
  C: "command names",
  u: "users",
  U: "real users",
  g: "session leaders OR effective group IDs",
  G: "real groups",
  s: "session IDs",
  t: "terminals (pty, pts...)",
};

const LONG_LISTS: Readonly<Record<string, string>> = {
  pid: "p",
  ppid: "P",
  user: "u",
  User: "U",
  group: "G",
  Group: "G",
  sid: "s",
  tty: "t",
  "quick-pid": "q",
};

const UNMODELLED = "LTMmPOZcy";

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
