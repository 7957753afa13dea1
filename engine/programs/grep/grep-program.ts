import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { joinPath } from "../support/paths.ts";
import { globToRegex } from "../support/glob.ts";
import { RegexError, TooComplexError } from "../support/regex.ts";
import { defineTool, reason, tryHelp, type Arguments, type Tool } from "../support/tool.ts";
import { compilePatterns, type Dialect, type LineMatcher, type Span } from "./patterns.ts";

const TROUBLE = 2;

/** The default GREP_COLORS. */
const COLOURS = { match: "01;31", file: "35", line: "32", separator: "36" };

export function grepProgram(name: string, dialect: Dialect, summary: string): Program {
  return defineTool({
    name,
    package: "grep",
    summary,
    usage: ["[OPTION]... PATTERNS [FILE]..."],
    description:
      "Search for PATTERNS in each FILE.\nPATTERNS can contain multiple patterns separated by newlines.",
    usageStatus: TROUBLE,
    usageHint: (typed) => `Usage: ${typed} [OPTION]... PATTERNS [FILE]...\n${tryHelp(typed)}`,
    options: [
      ["-E, --extended-regexp", "PATTERNS are extended regular expressions"],
      ["-F, --fixed-strings", "PATTERNS are strings"],
      ["-G, --basic-regexp", "PATTERNS are basic regular expressions"],
      ["-P, --perl-regexp", "PATTERNS are Perl regular expressions"],
      ["-e, --regexp=PATTERNS", "use PATTERNS for matching"],
      ["-f, --file=FILE", "take PATTERNS from FILE"],
      ["-i, --ignore-case", "ignore case distinctions in patterns and data"],
      ["-y", "same as -i"],
      ["--no-ignore-case", "do not ignore case distinctions (default)"],
      ["-w, --word-regexp", "match only whole words"],
      ["-x, --line-regexp", "match only whole lines"],
      ["-z, --null-data", "a data line ends in 0 byte, not newline"],
      ["-s, --no-messages", "suppress error messages"],
      ["-v, --invert-match", "select non-matching lines"],
      ["-V", "display version information and exit"],
      ["-m, --max-count=NUM", "stop after NUM selected lines"],
      ["-b, --byte-offset", "print the byte offset with output lines"],
      ["-n, --line-number", "print line number with output lines"],
      ["--line-buffered", "flush output on every line"],
      ["-H, --with-filename", "print file name with output lines"],
      ["-h, --no-filename", "suppress the file name prefix on output"],
      ["--label=LABEL", "use LABEL as the standard input file name prefix"],
      ["-o, --only-matching", "show only nonempty parts of lines that match"],
      ["-q, --quiet", "suppress all normal output"],
      ["--silent", "same as --quiet"],
      ["-a, --text", "process a binary file as if it were text"],
      ["-I", "pass over binary files"],
      ["-r, --recursive", "search directories"],
      ["-R, --dereference-recursive", "likewise, but follow all symlinks"],
      ["--include=GLOB", "search only files that match GLOB"],
      ["--exclude=GLOB", "skip files that match GLOB"],
      ["--exclude-dir=GLOB", "skip directories that match GLOB"],
      ["-L, --files-without-match", "print only names of FILEs with no selected lines"],
      ["-l, --files-with-matches", "print only names of FILEs with selected lines"],
      ["-c, --count", "print only a count of selected lines per FILE"],
      ["-Z, --null", "print 0 byte after FILE name"],
      ["-B, --before-context=NUM", "print NUM lines of leading context"],
      ["-A, --after-context=NUM", "print NUM lines of trailing context"],
      ["-C, --context=NUM", "print NUM lines of output context"],
      ["--color[=WHEN], --colour[=WHEN]", "highlight the matches: always, never or auto"],
    ],
    unmodelled: [
      "-d ACTION",
      "--directories=ACTION",
      "-D ACTION",
      "--devices=ACTION",
      "-T",
      "--initial-tab",
      "-U",
      "--binary",
      "--binary-files=TYPE",
      "--exclude-from=FILE",
      "--no-group-separator",
      "--group-separator=SEP",
    ],
    examples: [
      "grep -o 'inet [0-9.]*'",
      "ip addr | grep -v -e lo",
      "tcpdump -l | grep --line-buffered ICMP",
    ],
    limitations: [
      "Bytes, not characters, as in the C locale.",
      "-P takes what RE2 takes, and \\K and a final (?=…) besides.",
    ],
    rewrite: (argv) => {
      const end = argv.indexOf("--");
      return argv.map((word, at) =>
        /^-\d+$/.test(word) && (end < 0 || at < end) ? `-C${word.slice(1)}` : word,
      );
    },
    *run(tool, args) {
      if (args.has("V")) {
        yield* tool.print("grep (GNU grep) 3.8\n");
        return 0;
      }
      const run = new Search(tool, args, dialect);
      return yield* run.all();
    },
  });
}

class Search {
  private readonly matcher: LineMatcher;
  private readonly operands: readonly string[];
  private readonly patterns: readonly string[];
  private selectedAny = false;
  private trouble = false;
  private groupsShown = false;
  private readonly invert: boolean;
  private readonly quiet: boolean;
  private readonly maximum: number;
  private readonly before: number;
  private readonly after: number;
  private readonly colour: boolean;
  private readonly end: string;
  private readonly namesOnly: "l" | "L" | undefined;
  private named = false;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
    dialect: Dialect,
  ) {
    const operands = [...args.operands];
    this.patterns = this.readPatterns(operands);
    this.operands = operands;
    this.quiet = args.has("q", "silent");
    this.invert = args.has("v");
    this.maximum = this.number("m", Infinity, "invalid max count");
    const context = this.number("C", 0, undefined);
    this.before = this.number("B", context, undefined);
    this.after = this.number("A", context, undefined);
    this.end = args.has("z") ? "\0" : "\n";
    this.namesOnly = args.lastOf("l", "L") as "l" | "L" | undefined;
    const when = args.has("color") ? (args.value("color") ?? "auto") : "never";
    this.colour =
      when === "always" ||
      when === "yes" ||
      when === "force" ||
      (["auto", "tty", "if-tty"].includes(when) &&
        tool.sys.isatty(1) &&
        (tool.sys.env.get("TERM") ?? "dumb") !== "dumb");
    if (args.has("line-buffered")) tool.out.buffering = "line";
    const chosen = { E: "extended", F: "fixed", G: "basic", P: "perl" } as const;
    const letter = args.lastOf("E", "F", "G", "P") as keyof typeof chosen | undefined;
    this.matcher = this.compile(letter ? chosen[letter] : dialect);
  }

  private number(name: string, otherwise: number, error: string | undefined): number {
    const text = this.args.value(name);
    if (text === undefined) return otherwise;
    if (!/^\d+$/.test(text)) {
      if (error !== undefined && /^-\d+$/.test(text)) return Infinity;
      throw this.tool.fail(error ?? `${text}: invalid context length argument`, TROUBLE);
    }
    return Number(text);
  }

  private readPatterns(operands: string[]): readonly string[] {
    const { args, tool } = this;
    const texts = [...args.values("e").map(byteString)];
    for (const path of args.values("f")) {
      try {
        const text = path === "-" ? "" : byteString(tool.sys.readTextFile(path));
        if (text !== "") texts.push(text.replace(/\n$/, ""));
      } catch (error) {
        throw tool.fail(`${path}: ${reason(error)}`, TROUBLE);
      }
    }
    if (!args.has("e", "f")) {
      const first = operands.shift();
      if (first === undefined) throw tool.usage("");
      texts.push(byteString(first));
    }
    return [...new Set(texts.flatMap((text) => text.split("\n")))];
  }

  private compile(dialect: Dialect): LineMatcher {
    const { args, tool } = this;
    const misnamed = this.patterns.find(
      (pattern) => dialect !== "fixed" && dialect !== "perl" && /^\[:.*:\]$/.test(pattern),
    );
    if (misnamed !== undefined) {
      throw tool.fail("character class syntax is [[:space:]], not [:space:]", TROUBLE);
    }
    try {
      return compilePatterns(this.patterns, {
        dialect,
        ignoreCase:
          args.lastOf("i", "y", "no-ignore-case") !== undefined &&
          args.lastOf("i", "y", "no-ignore-case") !== "no-ignore-case",
        whole: args.has("x") ? "line" : args.has("w") ? "word" : undefined,
      });
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      if (dialect !== "perl") throw tool.fail(error.message, TROUBLE);
      throw tool.refuse(`this Perl expression (${error.message})`);
    }
  }

  *all(): Blocking<number> {
    const { args } = this;
    const recursive = args.has("r", "R");
    const operands = this.operands.length > 0 ? this.operands : [recursive ? "." : "-"];
    const wish = args.lastOf("H", "h");
    this.named = wish === undefined ? operands.length > 1 || recursive : wish === "H";
    for (const path of operands) {
      // With -r and no operand, names are shown without the leading `./`.
      const done = recursive
        ? yield* this.tree(path, this.operands.length === 0 ? "" : path, true)
        : yield* this.file(path, path);
      if (done) break;
    }
    // With -q a match is success whatever else went wrong.
    if (this.selectedAny && (this.quiet || !this.trouble)) return 0;
    return this.trouble ? TROUBLE : 1;
  }

  private *tree(path: string, shown: string, top: boolean): Blocking<boolean> {
    const { args, tool } = this;
    if (path === "-") return yield* this.file(path, path);
    let names: readonly string[] | undefined;
    try {
      const stat = tool.sys.stat(path, { followLinks: top || args.has("R") });
      if (stat.kind === "symlink") return false;
      if (stat.kind === "directory") names = tool.sys.readdir(path);
      else if (!top && stat.kind !== "file") return false;
    } catch (error) {
      yield* this.complain(shown || path, error);
      return false;
    }
    const name = path.slice(path.lastIndexOf("/") + 1);
    const matches = (option: string) =>
      args.values(option).some((glob) => globToRegex(glob).test(name));
    if (names === undefined) {
      if (args.has("include") && !matches("include")) return false;
      return !matches("exclude") && (yield* this.file(path, shown));
    }
    if (!top && matches("exclude-dir")) return false;
    for (const entry of names) {
      const next = shown === "" ? entry : joinPath(shown, entry);
      if (yield* this.tree(joinPath(path, entry), next, false)) return true;
    }
    return false;
  }

  private *complain(path: string, error: unknown): Blocking<void> {
    this.trouble = true;
    const text = `${path}: ${reason(error)}`;
    if (!this.args.has("s")) yield* this.tool.warn(text, TROUBLE);
  }

  /** True: the whole search is over. */
  private *file(path: string, shown: string): Blocking<boolean> {
    const { tool } = this;
    let fd = 0;
    try {
      if (path !== "-") fd = tool.sys.open(path, { read: true });
      const name = path === "-" ? (this.args.value("label") ?? "(standard input)") : shown;
      return yield* this.lines(new LineSource(tool.sys, fd, this.end), name);
    } catch (error) {
      if (error instanceof TooComplexError) throw tool.fail(error.message, TROUBLE);
      if (isErrno(error, "EISDIR")) {
        yield* tool.warn(`${path}: Is a directory`, 0);
        this.trouble = true;
        return false;
      }
      if (!isErrno(error) || isErrno(error, "EPIPE", "ENOMEM")) throw error;
      yield* this.complain(path, error);
      return false;
    } finally {
      if (fd !== 0) tool.sys.close(fd);
    }
  }

  private *lines(source: LineSource, name: string): Blocking<boolean> {
    const { tool, args } = this;
    const show = !this.quiet && !args.has("c") && this.namesOnly === undefined;
    const held: Numbered[] = [];
    let selected = 0;
    let number = 0;
    let offset = 0;
    let trailing = 0;
    let lastShown = 0;
    let binary = false;
    if (this.maximum === 0) return false;
    for (;;) {
      const line = yield* source.next();
      if (line === undefined) break;
      number += 1;
      const at: Numbered = { line, number, offset };
      offset += line.length + 1;
      if (!args.has("a") && !args.has("z") && line.includes("\0")) {
        if (args.has("I")) return false;
        binary = true;
      }
      if (this.matcher.test(line) !== this.invert && !(selected >= this.maximum)) {
        selected += 1;
        this.selectedAny = true;
        if (this.quiet) return true;
        if (this.namesOnly !== undefined) break;
        if (show && binary) {
          yield* tool.sys.printError(`${tool.name}: ${name}: binary file matches\n`);
          return false;
        }
        if (show) {
          const gap = this.before > 0 || this.after > 0;
          const first = held[0]?.number ?? number;
          if (gap && this.groupsShown && first > lastShown + 1 && !args.has("o"))
            yield* this.separator();
          for (const earlier of held) yield* this.show(earlier, name, "-");
          held.length = 0;
          yield* this.show(at, name, ":");
          this.groupsShown = true;
          lastShown = number;
        }
        trailing = this.after;
        if (selected >= this.maximum && trailing === 0) break;
      } else if (show && trailing > 0) {
        trailing -= 1;
        yield* this.show(at, name, "-");
        lastShown = number;
      } else if (selected >= this.maximum) {
        break;
      } else if (this.before > 0 && show) {
        held.push(at);
        if (held.length > this.before) held.shift();
      }
    }
    yield* this.summary(name, selected);
    return false;
  }

  private *summary(name: string, selected: number): Blocking<void> {
    if (this.quiet) return;
    const nul = this.args.has("Z");
    const shownName = this.painted(byteString(name), COLOURS.file);
    if (this.namesOnly !== undefined) {
      if (selected > 0 === (this.namesOnly === "l")) {
        yield* this.tool.out.write(shownName + (nul ? "\0" : "\n"));
      }
    } else if (this.args.has("c")) {
      const prefix = this.named
        ? shownName + (nul ? "\0" : this.painted(":", COLOURS.separator))
        : "";
      yield* this.tool.out.write(`${prefix}${selected}\n`);
    }
  }

  private *separator(): Blocking<void> {
    yield* this.tool.out.write(`${this.painted("--", COLOURS.separator)}\n`);
  }

  private painted(text: string, colour: string): string {
    return this.colour ? `\x1b[${colour}m\x1b[K${text}\x1b[m\x1b[K` : text;
  }

  private prefix(at: Numbered, name: string, mark: string, extraOffset: number): string {
    const { args } = this;
    const sign = this.painted(mark, COLOURS.separator);
    let text = "";
    if (this.named)
      text += this.painted(byteString(name), COLOURS.file) + (args.has("Z") ? "\0" : sign);
    if (args.has("n")) text += this.painted(String(at.number), COLOURS.line) + sign;
    if (args.has("b")) text += this.painted(String(at.offset + extraOffset), COLOURS.line) + sign;
    return text;
  }

  private *show(at: Numbered, name: string, mark: string): Blocking<void> {
    const selected = mark === ":";
    if (this.args.has("o")) {
      if (!selected || this.invert) return;
      for (const span of this.spans(at.line)) {
        const text = this.painted(at.line.slice(span.start, span.end), COLOURS.match);
        yield* this.tool.out.write(this.prefix(at, name, mark, span.start) + text + this.end);
      }
      return;
    }
    let body = at.line;
    if (this.colour && selected !== this.invert) {
      body = "";
      let done = 0;
      for (const span of this.spans(at.line)) {
        body +=
          at.line.slice(done, span.start) +
          this.painted(at.line.slice(span.start, span.end), COLOURS.match);
        done = span.end;
      }
      body += at.line.slice(done);
    }
    yield* this.tool.out.write(this.prefix(at, name, mark, 0) + body + this.end);
  }

  /** The nonempty matches of a line, left to right. */
  private *spans(line: string): Generator<Span> {
    for (let at = 0; at <= line.length;) {
      const found = this.matcher.find(line, at);
      if (!found) return;
      if (found.end > found.start) yield found;
      at = found.end > found.start ? found.end : found.end + 1;
    }
  }
}

interface Numbered {
  readonly line: string;
  readonly number: number;
  readonly offset: number;
}
