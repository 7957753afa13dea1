import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { parseDate } from "../support/date-parser.ts";
import type { LineSource } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

const ISO: Record<string, string> = {
  date: "%Y-%m-%d",
  hours: "%Y-%m-%dT%H%:z",
  minutes: "%Y-%m-%dT%H:%M%:z",
  seconds: "%Y-%m-%dT%H:%M:%S%:z",
  ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
};

const RFC3339: Record<string, string> = {
  date: "%Y-%m-%d",
  seconds: "%Y-%m-%d %H:%M:%S%:z",
  ns: "%Y-%m-%d %H:%M:%S.%N%:z",
};

export const date = defineTool({
  name: "date",
  package: "coreutils",
  summary: "print or set the system date and time",
  usage: ["[OPTION]... [+FORMAT]"],
  description: "Display date and time in the given FORMAT.",
  options: [
    ["-d, --date=STRING", "display time described by STRING, not 'now'"],
    ["-f, --file=DATEFILE", "like --date; once for each line of DATEFILE"],
    ["-I[FMT], --iso-8601[=FMT]", "ISO 8601: date, hours, minutes, seconds or ns"],
    ["-R, --rfc-email", "RFC 5322 format, as Mon, 14 Aug 2006 02:34:56 +0000"],
    ["--rfc-3339=FMT", "RFC 3339 format: date, seconds or ns"],
    ["-r, --reference=FILE", "display the last modification time of FILE"],
    ["-u, --utc", "print Coordinated Universal Time (UTC)"],
    ["--universal", "same as --utc"],
    ["--rfc-2822", "same as --rfc-email"],
  ],
  unmodelled: ["-s STRING", "--set=STRING", "--debug", "--resolution"],
  examples: ["date +%s", "date -u -d @0", "date -d 'next friday' +%F"],
  limitations: ["The clock cannot be set: time is the lab's.", "The only time zone is UTC."],
  *run(tool, args) {
    const { sys } = tool;
    const format = chooseFormat(tool, args);
    const file = args.value("f");
    if (file !== undefined) {
      yield* tool.eachInput([file], (source) => eachLine(tool, source, format));
      return;
    }
    let at = sys.realtimeSeconds();
    const text = args.value("d");
    const reference = args.value("r");
    if (text !== undefined) {
      const parsed = parseDate(text, at);
      if (parsed === undefined) throw tool.fail(`invalid date ${quoteText(text)}`);
      at = parsed;
    } else if (reference !== undefined) {
      try {
        at = sys.stat(reference).modifiedSeconds;
      } catch (error) {
        throw tool.fail(`${quoteIfNeeded(reference)}: ${reason(error)}`);
      }
    }
    yield* tool.out.write(`${strftime(format, at)}\n`);
  },
});

function chooseFormat(tool: Tool, args: Arguments): string {
  const formats: string[] = [];
  if (args.has("I")) formats.push(named(tool, ISO, args.value("I") ?? "date", "--iso-8601"));
  if (args.has("R", "rfc-2822")) formats.push("%a, %d %b %Y %H:%M:%S %z");
  const rfc = args.value("rfc-3339");
  if (rfc !== undefined) formats.push(named(tool, RFC3339, rfc, "--rfc-3339"));
  const [operand, extra] = args.operands;
  if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
  if (operand?.startsWith("+")) formats.push(byteString(operand.slice(1)));
  else if (operand !== undefined) {
    if (args.has("d", "f", "r")) {
      throw tool.usage(
        `the argument ${quoteText(operand)} lacks a leading '+';\nwhen using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'`,
      );
    }
    if (!/^\d{8}(\d{2}){0,2}(\.\d\d)?$/.test(operand))
      throw tool.fail(`invalid date ${quoteText(operand)}`);
    throw tool.refuse("setting the clock");
  }
  if (formats.length > 1) throw tool.fail("multiple output formats specified");
  return formats[0] ?? "%a %b %e %H:%M:%S %Z %Y";
}

function named(tool: Tool, table: Record<string, string>, name: string, option: string): string {
  const keys = Object.keys(table);
  const found = keys.filter((key) => key.startsWith(name));
  const key = table[name] ? name : found.length === 1 ? found[0] : undefined;
  if (key !== undefined) return table[key] as string;
  const order = ["hours", "minutes", "date", "seconds", "ns"].filter((one) => keys.includes(one));
  const list = order.map((one) => `  - ${quoteText(one)}`).join("\n");
  throw tool.usage(
    `invalid argument ${quoteText(name)} for ${quoteText(option)}\nValid arguments are:\n${list}`,
  );
}

function* eachLine(tool: Tool, source: LineSource, format: string): Blocking<void> {
  const now = tool.sys.realtimeSeconds();
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    const parsed = parseDate(line, now);
    if (parsed === undefined) yield* tool.warn(`invalid date ${quoteText(line)}`);
    else yield* tool.out.write(`${strftime(format, parsed)}\n`);
  }
}
