/** find's actions. */
import { C_ESCAPES } from "../support/c-escapes.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { groupName, userName } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { isErrno, runCommand } from "../support/command.ts";
import { confirm } from "../support/confirm.ts";
import { modeText } from "../support/file-mode.ts";
import { Output } from "../support/output.ts";
import { baseName, dirName } from "../support/paths.ts";
import { quoteText } from "../support/quote.ts";
import { reason } from "../support/tool.ts";
import type { Primary, Visit } from "./expression.ts";
import type { FindContext } from "./parse.ts";

/** How many bytes of names one command of `-exec … +` gets. */
const MAX_COMMAND_BYTES = 128 * 1024;

export function makeAction(name: string, args: readonly string[], context: FindContext): Primary {
  const { tool, state } = context;
  const printer = (text: (visit: Visit) => string, out: Output = tool.out): Primary => ({
    *test(visit) {
      yield* out.write(text(visit));
      return true;
    },
  });
  switch (name) {
    case "-print":
      return printer(({ path }) => `${byteString(path)}\n`);
    case "-print0":
      return printer(({ path }) => `${byteString(path)}\0`);
    case "-printf":
      return printer(compileFormat(args[0] as string, context));
    case "-ls":
      return printer((visit) => listLine(visit, context));
    case "-fprint":
      return fprint(args[0] as string, context);
    case "-delete":
      return deleter(context);
    case "-exec":
    case "-execdir":
    case "-ok":
      return args.at(-1) === "+"
        ? batch(name, args.slice(0, -2), context)
        : each(name, args.slice(0, -1), context);
    default:
      return {
        *test() {
          if (name === "-prune") state.pruned = true;
          else state.quit = true;
          return true;
        },
      };
  }
}

function fprint(path: string, { tool }: FindContext): Primary {
  let fd: number;
  try {
    fd = tool.sys.open(path, { write: true, create: true, truncate: true }, 0o666);
  } catch (error) {
    throw tool.fail(`${quoteText(path)}: ${reason(error)}`);
  }
  const out = new Output(tool.sys, fd);
  return {
    *test(visit) {
      yield* out.write(`${byteString(visit.path)}\n`);
      return true;
    },
    finish: () => out.flush(),
  };
}

function deleter({ tool }: FindContext): Primary {
  return {
    *test({ path, stat }) {
      if (path === ".") return true;
      try {
        if (stat.kind === "directory") tool.sys.rmdir(path);
        else tool.sys.unlink(path);
        return true;
      } catch (error) {
        yield* tool.warn(`cannot delete ${quoteText(path)}: ${reason(error)}`);
        return false;
      }
    },
  };
}

function each(name: string, command: readonly string[], context: FindContext): Primary {
  const { tool } = context;
  return {
    *test({ path }) {
      const shown = name === "-execdir" ? `./${baseName(path)}` : path;
      const argv = command.map((word) => word.replaceAll("{}", shown));
      if (name === "-ok") {
        yield* tool.out.flush();
        yield* tool.sys.printError(`< ${argv[0]} ... ${shown} > ? `);
        if (!(yield* confirm(tool, undefined))) return false;
      }
      return (yield* run(argv, name === "-execdir" ? dirName(path) : undefined, context)) === 0;
    },
  };
}

/** `-exec … {} +`: always true; a failing command makes find's own status 1. */
function batch(name: string, command: readonly string[], context: FindContext): Primary {
  let held: string[] = [];
  let bytes = 0;
  let directory: string | undefined;
  const flush = function* (): Blocking<void> {
    if (held.length === 0) return;
    const argv = [...command, ...held];
    held = [];
    bytes = 0;
    if ((yield* run(argv, directory, context)) !== 0) context.tool.status = 1;
  };
  return {
    *test({ path }) {
      const next = name === "-execdir" ? dirName(path) : undefined;
      if (bytes > MAX_COMMAND_BYTES || next !== directory) yield* flush();
      directory = next;
      held.push(name === "-execdir" ? `./${baseName(path)}` : path);
      bytes += path.length + 1;
      return true;
    },
    finish: flush,
  };
}

function* run(
  argv: readonly string[],
  directory: string | undefined,
  { tool }: FindContext,
): Blocking<number> {
  const { sys } = tool;
  yield* tool.out.flush();
  const home = sys.cwd();
  try {
    if (directory !== undefined) sys.chdir(directory);
    return yield* runCommand(sys, argv);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* tool.say(`${tool.name}: ${quoteText(argv[0] ?? "")}: ${reason(error)}\n`);
    return 127;
  } finally {
    if (directory !== undefined) sys.chdir(home);
  }
}

function listLine({ path, stat }: Visit, { tool }: FindContext): string {
  const { sys } = tool;
  const recent = Math.abs(sys.realtimeSeconds() - stat.modifiedSeconds) < 31556952 / 2;
  const time = strftime(recent ? "%b %e %H:%M" : "%b %e  %Y", stat.modifiedSeconds);
  const target = stat.kind === "symlink" ? ` -> ${byteString(sys.readlink(path))}` : "";
  const blocks =
    stat.kind === "directory" ? 4 : stat.kind === "file" ? Math.ceil(stat.sizeBytes / 4096) * 4 : 0;
  const columns = [
    String(stat.inode).padStart(9),
    String(blocks).padStart(6),
    modeText(stat),
    String(stat.links).padStart(3),
    userName(sys, stat.uid).padEnd(8),
    groupName(sys, stat.gid).padEnd(8),
    String(stat.sizeBytes).padStart(8),
    time,
  ];
  return `${columns.join(" ")} ${byteString(path)}${target}\n`;
}

const ESCAPES: Record<string, string> = {
  ...C_ESCAPES,
  "0": "\0",
  "\\": "\\",
};

const TYPE_LETTERS = { file: "f", directory: "d", symlink: "l", fifo: "p", socket: "s", char: "c" };

/** -printf: escapes, and `%` directives with a width. */
function compileFormat(format: string, { tool }: FindContext): (visit: Visit) => string {
  const { sys } = tool;
  const directive = (
    { path, root, depth, stat, name }: Visit,
    letter: string,
  ): string | undefined => {
    switch (letter) {
      case "p":
        return path;
      case "f":
        return name;
      case "h":
        return path.includes("/") ? dirName(path) : ".";
      case "P":
        return path === root ? "" : path.slice(root.endsWith("/") ? root.length : root.length + 1);
      case "H":
        return root;
      case "d":
        return String(depth);
      case "s":
        return String(stat.sizeBytes);
      case "k":
        return String(Math.ceil(stat.sizeBytes / 4096) * 4);
      case "b":
        return String(Math.ceil(stat.sizeBytes / 4096) * 8);
      case "m":
        return stat.mode.toString(8);
      case "M":
        return modeText(stat);
      case "u":
        return userName(sys, stat.uid);
      case "U":
        return String(stat.uid);
      case "g":
        return groupName(sys, stat.gid);
      case "G":
        return String(stat.gid);
      case "i":
        return String(stat.inode);
      case "n":
        return String(stat.links);
      case "l":
        return stat.kind === "symlink" ? sys.readlink(path) : "";
      case "y":
        return TYPE_LETTERS[stat.kind];
      case "t":
        return strftime("%a %b %e %H:%M:%S.%N0 %Y", stat.modifiedSeconds);
      default:
        return undefined;
    }
  };
  const time = (letter: string, stat: Visit["stat"]): string => {
    const fraction = (text: string) => `${text}.${strftime("%N", stat.modifiedSeconds)}0`;
    if (letter === "@") return fraction(String(Math.floor(stat.modifiedSeconds)));
    if (letter === "+")
      return `${strftime("%Y-%m-%d", stat.modifiedSeconds)}+${fraction(strftime("%T", stat.modifiedSeconds))}`;
    if (letter === "T" || letter === "S")
      return fraction(strftime(`%${letter}`, stat.modifiedSeconds));
    return strftime(`%${letter}`, stat.modifiedSeconds);
  };
  return (visit) =>
    byteString(format).replace(
      /\\(?:([0-7]{1,3})|([^]))|%(?:%|([-0]*)(\d*)(?:T(.)|([^])))/g,
      (
        whole,
        octal?: string,
        escape?: string,
        flags?: string,
        width?: string,
        timeLetter?: string,
        letter?: string,
      ) => {
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
        if (escape !== undefined) return ESCAPES[escape] ?? whole;
        if (whole === "%%") return "%";
        const text =
          timeLetter === undefined
            ? directive(visit, letter as string)
            : time(timeLetter, visit.stat);
        if (text === undefined) return whole;
        const bytes = byteString(text);
        return flags?.includes("-")
          ? bytes.padEnd(Number(width))
          : bytes.padStart(Number(width || 0));
      },
    );
}
