import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { Output } from "../support/output.ts";
import { baseName, dirName, joinPath } from "../support/paths.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { Editor, type EditorOptions } from "./editor.ts";
import { InputStream } from "./input-stream.ts";
import { parseScript, type ScriptPiece } from "./parse.ts";
import { ScriptError, type Command } from "./script.ts";

const USAGE = (
  name: string,
) => `Usage: ${name} [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent
                 suppress automatic printing of pattern space
      --debug
                 annotate program execution
  -e script, --expression=script
                 add the script to the commands to be executed
  -f script-file, --file=script-file
                 add the contents of script-file to the commands to be executed
  --follow-symlinks
                 follow symlinks when processing in place
  -i[SUFFIX], --in-place[=SUFFIX]
                 edit files in place (makes backup if SUFFIX supplied)
  -l N, --line-length=N
                 specify the desired line-wrap length for the \`l' command
  --posix
                 disable all GNU extensions.
  -E, -r, --regexp-extended
                 use extended regular expressions in the script
                 (for portability use POSIX -E).
  -s, --separate
                 consider files as separate rather than as a single,
                 continuous long stream.
      --sandbox
                 operate in sandbox mode (disable e/r/w commands).
  -u, --unbuffered
                 load minimal amounts of data from the input files and flush
                 the output buffers more often
  -z, --null-data
                 separate lines by NUL characters
      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
`;

export const sed = defineTool({
  name: "sed",
  package: "sed",
  summary: "stream editor for filtering and transforming text",
  usage: ["[OPTION]... {script-only-if-no-other-script} [input-file]..."],
  usageHint: USAGE,
  options: [
    ["-n, --quiet, --silent", "suppress automatic printing of pattern space"],
    ["-e, --expression=script", "add the script to the commands to be executed"],
    ["-f, --file=script-file", "add the contents of script-file to the commands"],
    ["-i[SUFFIX], --in-place[=SUFFIX]", "edit files in place (makes backup if SUFFIX supplied)"],
    ["-l, --line-length=N", "specify the desired line-wrap length for the `l' command"],
    ["-E, -r, --regexp-extended", "use extended regular expressions in the script"],
    ["-s, --separate", "consider files as separate rather than as one stream"],
    ["--sandbox", "operate in sandbox mode (disable e/r/w commands)"],
    ["-u, --unbuffered", "flush the output buffers more often"],
    ["-z, --null-data", "separate lines by NUL characters"],
  ],
  unmodelled: ["--debug", "--follow-symlinks", "--posix", "-b", "--binary"],
  examples: ["sed -n '2,4p' file", "sed -E 's/([0-9]+)/<\\1>/g'", "sed -i s/eth0/eth1/ interfaces"],
  limitations: ["The command e and the flag e of s, which run programs, are not modelled."],
  *run(tool, args) {
    const operands = [...args.operands];
    const pieces = readPieces(tool, args, operands);
    const quiet = args.has("n") || pieces[0]?.text.startsWith("#n\n") === true;
    let commands: Command[];
    try {
      commands = parseScript(pieces, { extended: args.has("E"), sandbox: args.has("sandbox") });
    } catch (error) {
      if (error instanceof ScriptError) throw tool.fail(error.message, error.status);
      throw error;
    }
    const options: EditorOptions = {
      quiet,
      delimiter: args.has("z") ? "\0" : "\n",
      separate: args.has("s", "i"),
      unbuffered: args.has("u"),
      width: Number(args.value("l") ?? 70),
    };
    if (args.has("i")) yield* editInPlace(tool, commands, operands, options, args.value("i") ?? "");
    else {
      const paths = operands.length === 0 ? ["-"] : operands;
      const status = yield* edit(tool, commands, paths, options, tool.out);
      tool.status = status || tool.status;
    }
  },
});

function* edit(
  tool: Tool,
  commands: readonly Command[],
  paths: readonly string[],
  options: EditorOptions,
  out: Output,
): Blocking<number> {
  const input = new InputStream(tool, paths, options.delimiter, options.separate);
  const editor = new Editor(tool, commands, input, options, out);
  for (const command of commands) {
    const path = command.substitution?.writeTo ?? ("wW".includes(command.name) ? command.text : "");
    if (path !== "" && path !== "/dev/stdout") editor.openFile(path);
  }
  input.onFile = (path) => {
    if (path !== undefined) editor.fileStarted();
  };
  return yield* editor.run();
}

/** Each file is written anew beside itself and put in its place when it is done. */
function* editInPlace(
  tool: Tool,
  commands: readonly Command[],
  paths: readonly string[],
  options: EditorOptions,
  suffix: string,
): Blocking<void> {
  const { sys } = tool;
  if (paths.length === 0) throw tool.fail("no input files", 4);
  for (const path of paths) {
    let mode: number;
    try {
      const stat = sys.stat(path);
      if (stat.kind !== "file") throw tool.fail(`couldn't edit ${path}: not a regular file`, 4);
      mode = stat.mode;
    } catch (error) {
      if (error instanceof Error && error.name === "KernelError") {
        yield* tool.warn(`can't read ${path}: ${reason(error)}`, 2);
        continue;
      }
      throw error;
    }
    const temporary = joinPath(
      dirName(path),
      `sed${sys.random.uint32().toString(36).padStart(6, "0").slice(-6)}`,
    );
    const fd = sys.open(temporary, { write: true, create: true, truncate: true }, mode);
    const out = new Output(sys, fd);
    const status = yield* edit(tool, commands, [path], options, out);
    yield* out.flush();
    sys.close(fd);
    if (suffix !== "") sys.rename(path, backupName(path, suffix));
    sys.rename(temporary, path);
    if (status !== 0) tool.status = status;
  }
}

/** A `*` in the suffix stands for the file's name; a slash in it names another directory. */
function backupName(path: string, suffix: string): string {
  const base = baseName(path);
  const name = suffix.includes("*") ? suffix.replaceAll("*", base) : base + suffix;
  return name.includes("/") ? name : joinPath(dirName(path), name);
}

function readPieces(tool: Tool, args: Arguments, operands: string[]): ScriptPiece[] {
  const pieces: ScriptPiece[] = [];
  let expression = 0;
  for (const { name, value = "" } of args.list) {
    if (name === "e")
      pieces.push({ text: byteString(value), origin: { expression: ++expression } });
    if (name !== "f") continue;
    try {
      const text = byteString(tool.sys.readTextFile(value)).replace(/^#![^\n]*\n/, "\n");
      pieces.push({ text: text.replace(/\n$/, ""), origin: { file: value } });
    } catch (error) {
      throw tool.fail(`couldn't open file ${value}: ${reason(error)}`);
    }
  }
  if (pieces.length === 0) {
    const script = operands.shift();
    if (script === undefined) throw tool.usage("");
    pieces.push({ text: byteString(script), origin: { expression: 1 } });
  }
  // `-e 'a\' -e text`: an unfinished line goes on in the next expression.
  const joined: ScriptPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.text.endsWith("\\"))
      joined[joined.length - 1] = { ...last, text: `${last.text}\n${piece.text}` };
    else joined.push(piece);
  }
  return joined;
}
