import { isErrno } from "../support/command.ts";
import { parseDate, parseStamp } from "../support/date-parser.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const touch = defineTool({
  name: "touch",
  package: "coreutils",
  summary: "change file timestamps",
  usage: ["[OPTION]... FILE..."],
  description:
    "Update the access and modification times of each FILE to the current time.\n\nA FILE argument that does not exist is created empty, unless -c is supplied.",
  options: [
    ["-a", "change only the access time"],
    ["-c, --no-create", "do not create any files"],
    ["-d, --date=STRING", "parse STRING and use it instead of current time"],
    ["-f", "(ignored)"],
    ["-h, --no-dereference", "affect each symbolic link instead of its target"],
    ["-m", "change only the modification time"],
    ["-r, --reference=FILE", "use this file's times instead of current time"],
    ["-t STAMP", "use [[CC]YY]MMDDhhmm[.ss] instead of current time"],
  ],
  unmodelled: ["--time=WORD"],
  examples: ["touch -d '2 days ago' old", "touch -r model copy"],
  limitations: ["Access times are not kept, so -a alone changes nothing."],
  *run(tool, args) {
    const { sys } = tool;
    const seconds = wantedTime(tool, args);
    if (args.operands.length === 0) throw tool.usage("missing file operand");
    for (const path of args.operands) {
      try {
        if (!exists(tool, path)) {
          if (args.has("c", "h")) continue;
          sys.close(sys.open(path, { write: true, create: true }, 0o666));
          if (seconds === undefined) continue;
        }
        if (!args.has("a") || args.has("m")) sys.utimes(path, seconds);
      } catch (error) {
        const verb = isErrno(error, "EPERM") ? "setting times of" : "cannot touch";
        yield* tool.warn(`${verb} ${quoteName(path)}: ${reason(error)}`);
      }
    }
  },
});

/** Undefined: now. */
function wantedTime(tool: Tool, args: Arguments): number | undefined {
  const reference = args.value("r");
  const stamp = args.value("t");
  const date = args.value("d");
  if (stamp !== undefined && (date !== undefined || reference !== undefined)) {
    throw tool.usage("cannot specify times from more than one source");
  }
  let base: number | undefined;
  if (reference !== undefined) {
    try {
      base = tool.sys.stat(reference).modifiedSeconds;
    } catch (error) {
      throw tool.fail(`failed to get attributes of ${quoteName(reference)}: ${reason(error)}`);
    }
  }
  const now = tool.sys.realtimeSeconds();
  if (stamp !== undefined) {
    const parsed = parseStamp(stamp, now);
    if (parsed === undefined) throw tool.fail(`invalid date format ${quoteText(stamp)}`);
    return parsed;
  }
  if (date === undefined) return base;
  const parsed = parseDate(date, base ?? now);
  if (parsed === undefined) throw tool.fail(`invalid date format ${quoteText(date)}`);
  return parsed;
}

function exists(tool: Tool, path: string): boolean {
  try {
    tool.sys.stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}
