import { byteString } from "../support/bytes.ts";
import { findAll, isErrno, spawnCommand } from "../support/command.ts";
import { joinPath } from "../support/paths.ts";
import { defineTool, type Tool } from "../support/tool.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { renderPage } from "./page.ts";

const DIRECTORIES = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

export const man = defineTool({
  name: "man",
  package: "man-db",
  summary: "an interface to the system reference manuals",
  usage: ["[SECTION] PAGE...", "-k WORD...", "-f PAGE..."],
  description: "Shows what a program of this machine can do in Podwire.",
  options: [
    ["-f, --whatis", "equivalent to whatis"],
    ["-k, --apropos", "equivalent to apropos"],
    ["-P, --pager=PAGER", "use program PAGER to display output"],
    ["-w, --path", "print the name of the program's file"],
  ],
  unmodelled: [
    "-a",
    "--all",
    "-C FILE",
    "--config-file=FILE",
    "-d",
    "--debug",
    "-D",
    "--default",
    "-K",
    "--global-apropos",
    "-l",
    "--local-file",
    "-L LOCALE",
    "--locale=LOCALE",
    "-M PATH",
    "--manpath=PATH",
    "-S LIST",
    "--sections=LIST",
    "-t",
    "--troff",
    "-T",
    "--troff-device",
  ],
  examples: ["man tcpdump", "man -k bridge"],
  limitations: [
    "Pages are short and tell what Podwire models; there are none but those of programs.",
  ],
  *run(tool, args) {
    const words = [...args.operands];
    if (args.has("k")) return yield* apropos(tool, words);
    const section = /^[1-9]$/.test(words[0] ?? "") && words.length > 1 ? words.shift() : undefined;
    if (words.length === 0) {
      yield* tool.say("What manual page do you want?\nFor example, try 'man man'.\n");
      return 1;
    }
    for (const name of words) {
      const page = findPage(tool, name, section);
      if (!page) {
        const where = section === undefined ? "" : ` in section ${section}`;
        yield* tool.say(
          args.has("f")
            ? `${name}: nothing appropriate.\n`
            : `No manual entry for ${name}${where}\n`,
        );
        tool.status = 16;
      } else if (args.has("f"))
        yield* tool.print(`${whatis(name, page.section, page.docs.summary)}\n`);
      else if (args.has("w")) yield* tool.print(`${page.path}\n`);
      else yield* show(tool, name, page, args.value("P"));
    }
    return tool.status;
  },
});

type Page = NonNullable<ReturnType<typeof findPage>>;

function findPage(tool: Tool, name: string, section: string | undefined) {
  for (const path of name.includes("/") ? [] : findAll(tool.sys, name)) {
    const own = /\/sbin\//.test(tool.sys.realpath(path)) ? "8" : "1";
    if (section !== undefined && section !== own) continue;
    try {
      return { path, section: own, docs: tool.sys.programDocs(path) };
    } catch (error) {
      // A script has no page.
      if (!isErrno(error, "ENOEXEC")) throw error;
    }
  }
  return undefined;
}

function whatis(name: string, section: string, summary: string): string {
  return `${`${name} (${section})`.padEnd(20)} - ${summary}`;
}

function* apropos(tool: Tool, words: readonly string[]): Blocking<number> {
  if (words.length === 0) {
    yield* tool.say("apropos what?\n");
    return 1;
  }
  const lines = new Set<string>();
  for (const directory of DIRECTORIES) {
    let names: readonly string[] = [];
    try {
      names = tool.sys.readdir(directory);
    } catch (error) {
      if (!isErrno(error)) throw error;
    }
    for (const name of names) {
      const page = tool.sys.access(joinPath(directory, name), { execute: true })
        ? findPage(tool, name, undefined)
        : undefined;
      if (!page) continue;
      const text = `${name} ${page.docs.summary}`.toLowerCase();
      if (words.some((word) => text.includes(word.toLowerCase())))
        lines.add(whatis(name, page.section, page.docs.summary));
    }
  }
  if (lines.size === 0) {
    for (const word of words) yield* tool.say(`${word}: nothing appropriate.\n`);
    return 16;
  }
  yield* tool.print(`${[...lines].sort().join("\n")}\n`);
  return 0;
}

/** Through a pager on a terminal; plain text elsewhere. */
function* show(tool: Tool, name: string, page: Page, pager: string | undefined): Blocking<void> {
  const { sys } = tool;
  const terminal = sys.isatty(1);
  const columns = terminal ? sys.windowSize(1).columns : 80;
  const lines = renderPage(name, page.section, page.docs, columns, terminal);
  const text = `${lines.join("\n")}\n`;
  if (!terminal) {
    yield* tool.print(text);
    return;
  }
  const pipe = sys.pipe();
  const command = (pager ?? sys.env.get("PAGER") ?? "less -R").split(" ");
  const child = spawnCommand(sys, command, {
    descriptors: new Map([
      [0, pipe.read],
      [1, 1],
      [2, 2],
    ]),
  });
  sys.close(pipe.read);
  sys.signal("SIGPIPE", "ignore");
  try {
    yield* sys.write(
      pipe.write,
      new Uint8Array([...byteString(text)].map((char) => char.charCodeAt(0))),
    );
  } catch (error) {
    if (!isErrno(error, "EPIPE")) throw error;
  }
  sys.close(pipe.write);
  yield* sys.waitpid(child);
}
