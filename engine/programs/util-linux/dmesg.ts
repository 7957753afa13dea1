import { strftime } from "../support/calendar.ts";
import { byteString } from "../support/bytes.ts";
import { defineTool } from "../support/tool.ts";

export const dmesg = defineTool({
  name: "dmesg",
  package: "util-linux",
  summary: "print or control the kernel ring buffer",
  usage: ["[options]"],
  description: "Display or control the kernel ring buffer.",
  options: [
    ["-k, --kernel", "display kernel messages"],
    ["-P, --nopager", "do not pipe output into a pager"],
    ["-L, --color[=<when>]", "(ignored: messages are not colored)"],
    ["-w, --follow", "wait for new messages"],
    ["-W, --follow-new", "wait and print only new messages"],
    ["-T, --ctime", "show human-readable timestamp"],
    ["-t, --notime", "don't show any timestamp with messages"],
  ],
  unmodelled: [
    "-C",
    "--clear",
    "-c",
    "--read-clear",
    "-D",
    "--console-off",
    "-E",
    "--console-on",
    "-F FILE",
    "--file=FILE",
    "-f LIST",
    "--facility=LIST",
    "-H",
    "--human",
    "-J",
    "--json",
    "-l LIST",
    "--level=LIST",
    "-n LEVEL",
    "--console-level=LEVEL",
    "-p",
    "--force-prefix",
    "-r",
    "--raw",
    "--noescape",
    "-S",
    "--syslog",
    "-s SIZE",
    "--buffer-size=SIZE",
    "-u",
    "--userspace",
    "-x",
    "--decode",
    "-d",
    "--show-delta",
    "-e",
    "--reltime",
    "--time-format=FORMAT",
    "--since=TIME",
    "--until=TIME",
  ],
  examples: ["dmesg -t | tail", "dmesg -w"],
  limitations: ["Messages have no level or facility."],
  *run(tool, args) {
    const { sys } = tool;
    if (args.operands.length > 0) throw tool.usage("bad usage");
    const bootSeconds =
      sys.realtimeSeconds() - Number(sys.readTextFile("/proc/uptime").split(" ")[0]);
    let shown = args.has("W") ? sys.kernelMessages().at(-1) : undefined;
    for (;;) {
      const messages = sys.kernelMessages();
      // Known by identity: old ones may have left the ring.
      const from = shown === undefined ? 0 : messages.indexOf(shown) + 1;
      for (const message of messages.slice(from)) {
        const seconds = message.atNs / 1e9;
        const stamp = args.has("t")
          ? ""
          : args.has("T")
            ? `[${strftime("%a %b %e %H:%M:%S %Y", bootSeconds + seconds)}] `
            : `[${seconds.toFixed(6).padStart(12)}] `;
        yield* tool.out.write(`${stamp}${byteString(message.text)}\n`);
        shown = message;
      }
      if (!args.has("w", "W")) return;
      yield* tool.out.flush();
      yield* sys.sleep(1e8);
    }
  },
});
