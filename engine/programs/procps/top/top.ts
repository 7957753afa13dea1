import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { findUser } from "../../support/accounts.ts";
import { bytesToString } from "../../support/bytes.ts";
import { isErrno } from "../../support/command.ts";
import { FullScreen, readKeyFrom } from "../../support/full-screen.ts";
import { parseDuration, secondsToNs } from "../../support/numbers.ts";
import type { ProcessInfo } from "../../support/process-list.ts";
import { defineTool, type Arguments, type Tool } from "../../support/tool.ts";
import { renderTop, takeSnapshot, type Snapshot, type TopView } from "./snapshot.ts";

export const top = defineTool({
  name: "top",
  package: "procps",
  summary: "display Linux processes",
  usage: ["[options]"],
  usageHint: () => "Usage:\n  top -bciHhV -d secs -n max -u user -p pid(s) -o field\n",
  options: [
    ["-b, --batch-mode", "send output to other programs or to a file"],
    ["-c, --cmdline-toggle", "show command lines instead of program names"],
    ["-d, --delay=SECS", "seconds between updates"],
    ["-i, --idle-toggle", "do not show idle processes"],
    ["-n, --iterations=MAX", "number of updates before top ends"],
    ["-o, --sort-override=FIELD", "%CPU, %MEM, PID or TIME+"],
    ["-p, --pid=PIDLIST", "only these processes"],
    ["-u, --filter-any-user=USER", "only processes of this user"],
  ],
  unmodelled: ["-e", "-E", "-H", "-O", "-s", "-S", "-U USER", "-w", "-1"],
  examples: ["top -b -n 1 | head"],
  limitations: ["Keys: q, space, M, P, N, T, c, i; others do nothing."],
  *run(tool, args) {
    const settings = readSettings(tool, args);
    if (args.has("b")) yield* batch(tool, settings);
    else yield* new Interactive(tool, settings).run();
  },
});

interface Settings {
  readonly delayNs: number;
  readonly iterations: number;
  readonly view: TopView;
}

function readSettings(tool: Tool, args: Arguments): Settings {
  const delay = parseDuration(args.value("d") ?? "3");
  if (delay === undefined || delay === Infinity)
    throw tool.fail(`bad delay interval '${args.value("d")}'`);
  const typed = args.value("n");
  if (typed !== undefined && !/^[1-9]\d*$/.test(typed))
    throw tool.fail(`bad iterations argument '${typed}'`);
  const pids = args
    .values("p")
    .flatMap((list) => list.split(","))
    .map(Number);
  if (pids.some(Number.isNaN)) throw tool.fail(`bad pid '${args.value("p")}'`);
  const user = args.value("u");
  const uid = user === undefined ? undefined : findUser(tool.sys, user);
  if (user !== undefined && uid === undefined) throw tool.fail("Invalid user");
  const wanted = (process: ProcessInfo) =>
    (pids.length === 0 || pids.includes(process.pid)) && (uid === undefined || process.uid === uid);
  const fields: Record<string, TopView["order"]> = {
    "%CPU": "cpu",
    "%MEM": "memory",
    PID: "pid",
    "TIME+": "time",
  };
  const field = args.value("o");
  if (field !== undefined && !fields[field]) throw tool.fail(`unrecognized field name '${field}'`);
  return {
    delayNs: secondsToNs(delay),
    iterations: typed === undefined ? Infinity : Number(typed),
    view: {
      order: fields[field ?? "%CPU"] ?? "cpu",
      fullCommand: args.has("c"),
      hideIdle: args.has("i"),
      wanted,
    },
  };
}

function* batch(tool: Tool, settings: Settings): Blocking<void> {
  let before: Snapshot | undefined;
  for (let count = 0; count < settings.iterations; count++) {
    if (count > 0) {
      yield* tool.out.flush();
      yield* tool.sys.sleep(settings.delayNs);
      yield* tool.out.write("\n");
    }
    for (const line of renderTop(tool.sys, before, settings.view))
      yield* tool.out.write(`${line}\n`);
    before = takeSnapshot(tool.sys);
  }
}

class Interactive {
  private view: TopView;
  private quit = false;

  constructor(
    private readonly tool: Tool,
    private readonly settings: Settings,
  ) {
    this.view = settings.view;
  }

  *run(): Blocking<void> {
    const { sys } = this.tool;
    if (!sys.isatty(1) || !sys.isatty(0)) throw this.tool.fail("failed tty get");
    const screen = new FullScreen(sys);
    sys.signal("SIGWINCH", () => {});
    yield* screen.enter(true);
    try {
      let before: Snapshot | undefined;
      for (let count = 0; count < this.settings.iterations && !this.quit; count++) {
        const { columns, rows } = screen.size();
        const lines = renderTop(sys, before, this.view).map((line) => line.slice(0, columns));
        lines[6] = `\x1b[7m${(lines[6] ?? "").padEnd(columns)}\x1b[0m`;
        yield* screen.draw(lines.slice(0, rows));
        before = takeSnapshot(sys);
        yield* this.wait();
      }
    } finally {
      screen.restore();
    }
    yield* screen.leave();
  }

  /** Until the delay is over, or a key asks for a new picture. */
  private *wait(): Blocking<void> {
    const { sys } = this.tool;
    const end = sys.monotonicNs() + this.settings.delayNs;
    while (sys.monotonicNs() < end) {
      try {
        const [ready] = yield* sys.poll([{ fd: 0, events: ["in"] }], end - sys.monotonicNs());
        if (!ready?.in && !ready?.hangup) continue;
        const bytes = yield* sys.read(0, 16);
        if (bytes.length === 0) this.quit = true;
        else if (!this.press(readKeyFrom(bytesToString(bytes)).key)) continue;
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
      }
      return;
    }
  }

  private press(key: string): boolean {
    const orders: Record<string, TopView["order"]> = { M: "memory", P: "cpu", N: "pid", T: "time" };
    const order = orders[key];
    if (order) this.view = { ...this.view, order };
    else if (key === "c") this.view = { ...this.view, fullCommand: !this.view.fullCommand };
    else if (key === "i") this.view = { ...this.view, hideIdle: !this.view.hideIdle };
    else if (key === "q" || key === "^C") this.quit = true;
    else return key === " " || key === "Enter";
    return true;
  }
}
