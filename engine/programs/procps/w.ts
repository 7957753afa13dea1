import { strftime } from "../support/calendar.ts";
import { listLogins } from "../support/logins.ts";
import { listProcesses } from "../support/process-list.ts";
import { byteString } from "../support/bytes.ts";
import { defineTool } from "../support/tool.ts";
import { uptimeLine } from "../support/uptime-text.ts";

export const w = defineTool({
  name: "w",
  package: "procps",
  summary: "show who is logged on and what they are doing",
  usage: ["[options] [user]"],
  options: [
    ["-h, --no-header", "do not print header"],
    ["-s, --short", "short format"],
  ],
  unmodelled: [
    "-u",
    "--no-current",
    "-f",
    "--from",
    "-o",
    "--old-style",
    "-i",
    "--ip-addr",
    "-p",
    "--pids",
  ],
  limitations: ["Nobody is ever idle: keystrokes are not timed."],
  *run(tool, args) {
    const { sys } = tool;
    const [user] = args.operands;
    const short = args.has("s");
    if (!args.has("h")) {
      yield* tool.print(`${uptimeLine(sys)}\n`);
      yield* tool.print(
        short
          ? "USER     TTY      FROM              IDLE WHAT\n"
          : "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n",
      );
    }
    const processes = listProcesses(sys);
    for (const login of listLogins(sys)) {
      if (user !== undefined && login.user !== user) continue;
      const front =
        processes.findLast(
          ({ terminal, group, foregroundGroup }) =>
            terminal === login.terminal && group === foregroundGroup,
        ) ?? login.shell;
      const seconds = (ticks: number) => `${(ticks / 100).toFixed(2)}s`;
      const all = processes
        .filter(({ terminal }) => terminal === login.terminal)
        .reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
      const what = byteString(front.argv.join(" ") || front.comm);
      const start = `${login.user.slice(0, 8).padEnd(8)} ${login.terminal.padEnd(8)} ${"-".padEnd(16)} `;
      yield* tool.out.write(
        short
          ? `${start}${"0.00s".padStart(6)} ${what}\n`
          : `${start}${strftime("%H:%M", login.sinceSeconds).padEnd(8)} ${"0.00s".padEnd(6)} ${seconds(all).padEnd(6)} ${seconds(front.cpuTicks).padEnd(6)}${what}\n`,
      );
    }
  },
});
