/** systemctl(1), as systemd 252 prints. */
import { KernelError } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { ServiceManager } from "../../machine/service-manager.ts";
import type { ServiceStatus } from "../../machine/service.ts";
import { MILLISECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { activeState, describeStatus, statusCode } from "./status.ts";
import { managerOf, serviceName } from "./support.ts";

/** How often a job is looked at until it is done. */
const JOB_POLL_NS = 5 * MILLISECOND;

/** systemctl(1), EXIT STATUS. */
const NO_SUCH_UNIT = 4;
const NOT_INSTALLED = 5;

const VERSION = "systemd 252 (252.31-1~deb12u1)\n";

const WANTS = "/etc/systemd/system/multi-user.target.wants";

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(text);
  }
}

interface Options {
  readonly quiet: boolean;
  readonly noBlock: boolean;
  readonly now: boolean;
  readonly all: boolean;
  readonly plain: boolean;
  readonly noLegend: boolean;
  readonly lines: number | undefined;
  readonly signal: SignalName;
  readonly type: string | undefined;
  readonly state: string | undefined;
}

interface Run {
  readonly sys: Sys;
  readonly manager: ServiceManager;
  readonly options: Options;
  readonly units: readonly string[];
}

type Verb = (run: Run) => Blocking<number>;

function find({ manager }: Run, name: string): ServiceStatus | undefined {
  return manager.status(serviceName(name));
}

/** The unit, or systemctl's refusal to `verb` it. */
function unitFor(run: Run, verb: string, name: string): ServiceStatus {
  const found = find(run, name);
  if (found) return found;
  const unit = `${serviceName(name)}.service`;
  throw new Refusal(NOT_INSTALLED, `Failed to ${verb} ${unit}: Unit ${unit} not found.\n`);
}

function needUnits(run: Run): void {
  if (run.units.length === 0) throw new Refusal(1, "Too few arguments.\n");
}

/** Until a unit is neither starting nor stopping. */
function* settled(run: Run, name: string): Blocking<ServiceStatus> {
  for (;;) {
    const status = find(run, name) as ServiceStatus;
    const busy = status.state === "activating" || status.state === "deactivating";
    if (!busy || run.options.noBlock || run.manager.isRestarting(status.unit.name)) return status;
    yield* run.sys.sleep(JOB_POLL_NS);
  }
}

function* startUnit(run: Run, verb: string, name: string): Blocking<number> {
  const { unit } = unitFor(run, verb, name);
  run.manager.start(unit.name);
  const { state, failure, startPre } = yield* settled(run, name);
  if (state !== "failed") return 0;
  const full = `${unit.name}.service`;
  const preFailed = startPre !== undefined && startPre.code !== 0;
  if (failure !== "start-limit-hit" && !preFailed) return 0;
  const because = preFailed ? " because the control process exited with error code" : "";
  yield* run.sys.printError(
    `Job for ${full} failed${because}.\nSee "systemctl status ${full}" and "journalctl -xeu ${full}" for details.\n`,
  );
  return 1;
}

function* stopUnit(run: Run, verb: string, name: string): Blocking<number> {
  const { unit } = unitFor(run, verb, name);
  run.manager.stop(unit.name);
  yield* settled(run, name);
  return 0;
}

function* restartUnit(run: Run, verb: string, name: string): Blocking<number> {
  const { state } = unitFor(run, verb, name);
  if (state === "active" || state === "activating") yield* stopUnit(run, verb, name);
  return yield* startUnit(run, verb, name);
}

/** A verb on each unit; the worst exit status. */
function each(work: (run: Run, name: string) => Blocking<number>): Verb {
  return function* (run) {
    needUnits(run);
    let worst = 0;
    for (const name of run.units) {
      try {
        worst = Math.max(worst, yield* work(run, name));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        yield* run.sys.printError(error.text);
        worst = Math.max(worst, error.status);
      }
    }
    return worst;
  };
}

function* reload(run: Run, name: string): Blocking<number> {
  const { unit, state } = unitFor(run, "reload", name);
  if (state !== "active") {
    const full = `${unit.name}.service`;
    throw new Refusal(1, `${full} is not active, cannot reload.\n`);
  }
  run.manager.kill(unit.name, "SIGHUP");
  return 0;
}

function* enable(run: Run, name: string, enabled: boolean): Blocking<number> {
  const status = find(run, name);
  const full = `${serviceName(name)}.service`;
  if (!status) {
    const text = enabled ? "enable" : "disable";
    throw new Refusal(1, `Failed to ${text} unit: Unit file ${full} does not exist.\n`);
  }
  const link = `${WANTS}/${full}`;
  if (status.enabled !== enabled) {
    run.manager.setEnabled(status.unit.name, enabled);
    if (!run.options.quiet) {
      yield* run.sys.printError(
        enabled
          ? `Created symlink ${link} → /lib/systemd/system/${full}.\n`
          : `Removed "${link}".\n`,
      );
    }
  }
  if (!run.options.now) return 0;
  return enabled ? yield* startUnit(run, "start", name) : yield* stopUnit(run, "stop", name);
}

/** `is-active` and its like: one word a unit. */
function answer(
  word: (status: ServiceStatus | undefined) => string,
  good: (status: ServiceStatus | undefined) => boolean,
  bad: number,
): Verb {
  return function* (run) {
    needUnits(run);
    let anyGood = false;
    for (const name of run.units) {
      const status = find(run, name);
      anyGood ||= good(status);
      if (!run.options.quiet) yield* run.sys.print(`${word(status)}\n`);
    }
    return anyGood ? 0 : bad;
  };
}

function* isEnabled(run: Run): Blocking<number> {
  needUnits(run);
  let found = false;
  for (const name of run.units) {
    const status = find(run, name);
    if (!status) {
      const full = `${serviceName(name)}.service`;
      yield* run.sys.printError(
        `Failed to get unit file state for ${full}: No such file or directory\n`,
      );
      return 1;
    }
    found ||= status.enabled;
    if (!run.options.quiet) yield* run.sys.print(status.enabled ? "enabled\n" : "disabled\n");
  }
  return found ? 0 : 1;
}

function* status(run: Run): Blocking<number> {
  if (run.units.length === 0) {
    throw new Refusal(1, "systemctl: Podwire does not model 'status' without a unit\n");
  }
  let worst = 0;
  let first = true;
  for (const name of run.units) {
    const found = find(run, name);
    if (!found) {
      yield* run.sys.printError(`Unit ${serviceName(name)}.service could not be found.\n`);
      worst = Math.max(worst, NO_SUCH_UNIT);
      continue;
    }
    const { lines } = run.options;
    const text = describeStatus(run.sys, run.manager, found, lines === undefined ? {} : { lines });
    yield* run.sys.print((first ? "" : "\n") + text);
    first = false;
    worst = Math.max(worst, statusCode(found));
  }
  return worst;
}

function* cat(run: Run): Blocking<number> {
  needUnits(run);
  let first = true;
  for (const name of run.units) {
    const full = `${serviceName(name)}.service`;
    if (!find(run, name)) throw new Refusal(1, `No files found for ${full}.\n`);
    const path = `/lib/systemd/system/${full}`;
    yield* run.sys.print(`${first ? "" : "\n"}# ${path}\n${run.sys.readTextFile(path)}`);
    first = false;
  }
  return 0;
}

/** Columns as wide as their longest cell; the last one is not padded. */
function columns(rows: readonly (readonly string[])[], gap = " "): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join(gap),
  );
}

function onlyServices({ options }: Run): void {
  if (options.type !== undefined && options.type !== "service") {
    throw new Refusal(1, `systemctl: Podwire does not model units of type '${options.type}'\n`);
  }
}

function* listUnits(run: Run): Blocking<number> {
  onlyServices(run);
  const { all, plain, noLegend, state } = run.options;
  const units = run.manager
    .list()
    .filter((one) => all || state !== undefined || one.state !== "inactive")
    .filter((one) => state === undefined || activeState(one).includes(state))
    .toSorted((a, b) => (a.unit.name < b.unit.name ? -1 : 1));
  const rows = units.map((one) => {
    const [active, sub] = activeState(one);
    return [`${one.unit.name}.service`, "loaded", active, sub, one.unit.description];
  });
  const table = columns(
    noLegend ? rows : [["UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"], ...rows],
  );
  const marks = units.map((one) => (one.state === "failed" ? "● " : "  "));
  if (!noLegend) marks.unshift("  ");
  let text = table.map((line, index) => `${plain ? "" : marks[index]}${line}\n`).join("");
  if (!noLegend) {
    if (rows.length > 0) {
      text +=
        "\nLOAD   = Reflects whether the unit definition was properly loaded.\n" +
        "ACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n" +
        "SUB    = The low-level unit activation state, values depend on unit type.\n";
    }
    text += `${rows.length} loaded units listed.`;
    text += all ? "\n" : " Pass --all to see loaded but inactive units, too.\n";
    text += "To show all installed unit files use 'systemctl list-unit-files'.\n";
  }
  yield* run.sys.print(text);
  return 0;
}

function* listUnitFiles(run: Run): Blocking<number> {
  onlyServices(run);
  const rows = run.manager
    .list()
    .toSorted((a, b) => (a.unit.name < b.unit.name ? -1 : 1))
    .map(({ unit, enabled }) => [
      `${unit.name}.service`,
      enabled ? "enabled" : "disabled",
      "enabled",
    ]);
  const { noLegend } = run.options;
  const table = columns(noLegend ? rows : [["UNIT FILE", "STATE", "PRESET"], ...rows]);
  const legend = noLegend ? "" : `\n${rows.length} unit files listed.\n`;
  yield* run.sys.print(table.map((line) => `${line}\n`).join("") + legend);
  return 0;
}

function* kill(run: Run, name: string): Blocking<number> {
  const { unit, mainPid } = unitFor(run, "kill", name);
  if (mainPid !== 0) run.manager.kill(unit.name, run.options.signal);
  return 0;
}

function* resetFailed(run: Run): Blocking<number> {
  const names = run.units.length > 0 ? run.units : run.manager.list().map(({ unit }) => unit.name);
  for (const name of names) {
    const full = `${serviceName(name)}.service`;
    if (!find(run, name)) {
      throw new Refusal(
        1,
        `Failed to reset failed state of unit ${full}: Unit ${full} not loaded.\n`,
      );
    }
    run.manager.resetFailed(serviceName(name));
  }
  return 0;
}

function* nothing(): Blocking<number> {
  return 0;
}

const VERBS: Readonly<Record<string, Verb>> = {
  start: each((run, name) => startUnit(run, "start", name)),
  stop: each((run, name) => stopUnit(run, "stop", name)),
  restart: each((run, name) => restartUnit(run, "restart", name)),
  "try-restart": each(function* (run, name) {
    const { state } = unitFor(run, "try-restart", name);
    return state === "active" ? yield* restartUnit(run, "try-restart", name) : 0;
  }),
  reload: each(reload),
  "reload-or-restart": each(function* (run, name) {
    const { state } = unitFor(run, "reload-or-restart", name);
    return state === "active" ? yield* reload(run, name) : yield* startUnit(run, "start", name);
  }),
  enable: each((run, name) => enable(run, name, true)),
  disable: each((run, name) => enable(run, name, false)),
  kill: each(kill),
  "is-active": answer(
    (found) => (found ? activeState(found)[0] : "inactive"),
    (found) => found?.state === "active",
    3,
  ),
  "is-failed": answer(
    (found) => (found ? activeState(found)[0] : "inactive"),
    (found) => found?.state === "failed",
    1,
  ),
  "is-enabled": isEnabled,
  status,
  cat,
  "list-units": listUnits,
  "list-unit-files": listUnitFiles,
  "reset-failed": resetFailed,
  "daemon-reload": nothing,
};

const FLAGS = {
  short: "qalt:n:s:",
  long: {
    all: "none",
    full: "none",
    lines: "required",
    "no-block": "none",
    "no-legend": "none",
    "no-pager": "none",
    now: "none",
    plain: "none",
    quiet: "none",
    signal: "required",
    state: "required",
    type: "required",
    version: "none",
    system: "none",
  },
} as const;

function signalOf(text: string): SignalName {
  const name = Object.keys(SIGNALS).find(
    (one) => one === text || one === `SIG${text}` || String(SIGNALS[one as SignalName]) === text,
  );
  if (name === undefined) throw new Refusal(1, `Failed to parse signal string ${text}.\n`);
  return name as SignalName;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, FLAGS);
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const has = (...names: readonly string[]): boolean =>
    parsed.options.some(({ name }) => names.includes(name));
  const value = (...names: readonly string[]): string | undefined =>
    parsed.options.findLast(({ name }) => names.includes(name))?.value;
  if (has("version")) {
    yield* sys.print(VERSION);
    return 0;
  }
  const [verb = "list-units", ...units] = parsed.operands;
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!work) {
    yield* sys.printError(`Unknown command verb ${verb}.\n`);
    return 1;
  }
  const manager = managerOf(sys);
  if (!manager) {
    yield* sys.printError(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\n" +
        "Failed to connect to bus: Host is down\n",
    );
    return 1;
  }
  const odd = units.find((name) =>
    /\.(?!service$)(target|socket|timer|mount|slice|path)$/.test(name),
  );
  if (odd !== undefined) {
    yield* sys.printError(`systemctl: Podwire does not model the unit '${odd}'\n`);
    return 1;
  }
  try {
    const lines = value("n", "lines");
    return yield* work({
      sys,
      manager,
      units,
      options: {
        quiet: has("q", "quiet"),
        noBlock: has("no-block"),
        now: has("now"),
        all: has("a", "all"),
        plain: has("plain"),
        noLegend: has("no-legend"),
        lines: lines === undefined ? undefined : Number.parseInt(lines, 10) || 0,
        signal: signalOf(value("s", "signal") ?? "SIGTERM"),
        type: value("t", "type"),
        state: value("state"),
      },
    });
  } catch (error) {
    if (error instanceof Refusal) {
      yield* sys.printError(error.text);
      return error.status;
    }
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`Failed to connect to bus: ${error.message}\n`);
    return 1;
  }
}

export const systemctl: Program = {
  name: "systemctl",
  package: "systemd",
  docs: {
    summary: "Control the systemd system and service manager",
    synopsis: "systemctl [OPTIONS...] COMMAND [UNIT...]",
    options: [
      ["start, stop, restart, try-restart, reload, reload-or-restart", "of services"],
      ["enable, disable [--now]", "start at boot or not"],
      ["status, is-active, is-failed, is-enabled, cat", "of services"],
      ["list-units, list-unit-files", "what there is"],
      ["kill [-s SIGNAL]", "send a signal to the main process"],
      ["reset-failed, daemon-reload", "forget failures; accepted"],
      ["-n, --lines=N", "lines of the journal below the status"],
      ["-a, --all; --state=STATE; -t, --type=service", "which units are listed"],
      ["-q, --quiet; --plain; --no-legend", "less text"],
      ["--no-block", "do not wait for the job"],
      ["--no-pager, -l, --full", "accepted"],
    ],
    examples: ["systemctl start nginx", "systemctl status nginx", "systemctl list-units"],
    limitations: [
      "Only services are modelled: no targets, sockets, timers or mounts.",
      "Accounting is off: a status has no Memory and CPU lines.",
      "A unit is what its disk image says; edited unit files change nothing.",
    ],
  },
  main,
  complete(sys, { words }) {
    if (words.length === 2) return { candidates: Object.keys(VERBS) };
    return {
      candidates:
        managerOf(sys)
          ?.list()
          .map(({ unit }) => unit.name) ?? [],
    };
  },
};
