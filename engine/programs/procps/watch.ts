import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString, byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { exitStatus, isErrno, spawnCommand } from "../support/command.ts";
import { parseDuration, secondsToNs } from "../support/numbers.ts";
import { FullScreen } from "../support/full-screen.ts";
import { defineTool, type Arguments, type Tool } from "../support/tool.ts";

const MINIMUM_SECONDS = 0.1;
const MAX_HELD_BYTES = 1 << 20;

export const watch = defineTool({
  name: "watch",
  package: "procps",
  summary: "execute a program periodically, showing output fullscreen",
  usage: ["[options] command"],
  stopAtOperand: true,
  options: [
    ["-d, --differences", "highlight changes between updates"],
    ["-e, --errexit", "exit if command has a non-zero exit"],
    ["-g, --chgexit", "exit when output from command changes"],
    ["-n, --interval=<secs>", "seconds to wait between updates"],
    ["-t, --no-title", "turn off header"],
    ["-w, --no-wrap", "turn off line wrapping"],
    ["-x, --exec", 'pass command to exec instead of "sh -c"'],
  ],
  unmodelled: ["-b", "--beep", "-c", "--color", "-q CYCLES", "--equexit=CYCLES", "-p", "--precise"],
  examples: ["watch -n 1 ip -s link"],
  *run(tool, args) {
    const { sys } = tool;
    if (args.operands.length === 0) throw tool.usage("");
    const typed = args.value("n") ?? "2";
    const seconds = parseDuration(typed);
    if (seconds === undefined) throw tool.fail(`failed to parse argument: '${typed}'`);
    const interval = Math.max(MINIMUM_SECONDS, seconds);
    const screen = new FullScreen(sys);
    let quit = false;
    sys.signal("SIGINT", () => (quit = true));
    sys.signal("SIGTERM", () => (quit = true));
    sys.signal("SIGWINCH", () => {});
    yield* screen.enter();
    let status = 0;
    try {
      let before: readonly string[] | undefined;
      while (!quit) {
        const result = yield* runOnce(tool, args);
        const lines = draw(tool, args, screen, result.text, interval);
        yield* screen.draw(lines, { changedFrom: args.has("d") ? before : undefined });
        const body = lines.slice(args.has("t") ? 0 : 2);
        const old = before?.slice(args.has("t") ? 0 : 2);
        if (args.has("g") && old && body.join("\n") !== old.join("\n")) break;
        if (args.has("e") && result.status !== 0) {
          status = result.status;
          break;
        }
        before = lines;
        try {
          yield* sys.sleep(secondsToNs(interval));
        } catch (error) {
          if (!isErrno(error, "EINTR")) throw error;
        }
      }
    } finally {
      screen.restore();
    }
    yield* screen.leave();
    return status;
  },
});

function* runOnce(
  tool: Tool,
  args: Arguments,
): Blocking<{ readonly text: string; readonly status: number }> {
  const { sys } = tool;
  const pipe = sys.pipe();
  const argv = args.has("x") ? args.operands : ["/bin/sh", "-c", args.operands.join(" ")];
  let text = "";
  let child: number;
  try {
    child = spawnCommand(sys, argv, {
      descriptors: new Map([
        [0, 0],
        [1, pipe.write],
        [2, pipe.write],
      ]),
    });
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.close(pipe.read);
    sys.close(pipe.write);
    return { text: `${tool.name}: ${argv[0]}: command not found\n`, status: 127 };
  }
  sys.close(pipe.write);
  for (;;) {
    try {
      const chunk = yield* sys.read(pipe.read);
      if (chunk.length === 0) break;
      if (text.length < MAX_HELD_BYTES) text += bytesToString(chunk);
    } catch (error) {
      if (!isErrno(error, "EINTR")) throw error;
      break;
    }
  }
  sys.close(pipe.read);
  for (;;) {
    try {
      return { text, status: exitStatus(yield* sys.waitpid(child)) };
    } catch (error) {
      if (!isErrno(error, "EINTR")) throw error;
    }
  }
}

function draw(
  tool: Tool,
  args: Arguments,
  screen: FullScreen,
  text: string,
  interval: number,
): readonly string[] {
  const { columns, rows } = screen.size();
  const lines: string[] = [];
  if (!args.has("t")) {
    const left = `Every ${interval.toFixed(1)}s: ${byteString(args.operands.join(" "))}`;
    const right = `${tool.sys.hostname()}: ${strftime("%c", tool.sys.realtimeSeconds())}`;
    const room = columns - right.length - 1;
    lines.push(
      room > 0
        ? `${left.slice(0, room).padEnd(columns - right.length)}${right}`
        : right.slice(0, columns),
      "",
    );
  }
  for (const line of text.split("\n")) {
    const expanded = expandTabs(line);
    if (args.has("w")) lines.push(expanded.slice(0, columns));
    else
      for (let at = 0; at === 0 || at < expanded.length; at += columns)
        lines.push(expanded.slice(at, at + columns));
    if (lines.length >= rows) break;
  }
  return lines.slice(0, rows);
}

function expandTabs(line: string): string {
  let out = "";
  for (const char of line) {
    if (char === "\t") out += " ".repeat(8 - (out.length % 8));
    else if (char >= " ") out += char;
  }
  return out;
}
