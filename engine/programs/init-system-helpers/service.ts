/** service(8): on a machine with systemd it hands on to systemctl. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { findCommand, runCommand } from "../support/command.ts";

const USAGE =
  "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n";
const VERSION = "service ver. 1.65.2~deb12u1\n";

const VERBS = new Set("start stop restart status reload try-restart force-reload".split(" "));

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const [name, action] = argv.slice(1);
  if (name === "--help" || name === "-h") {
    yield* sys.print(USAGE);
    return 0;
  }
  if (name === "--version" || name === "-V") {
    yield* sys.print(VERSION);
    return 0;
  }
  if (name === undefined || action === undefined) {
    if (name?.startsWith("--") === true) {
      yield* sys.printError(`service: Podwire does not model '${name}'\n`);
    } else yield* sys.printError(USAGE);
    return 1;
  }
  const systemctl = findCommand(sys, "systemctl");
  const unit = `${name}.service`;
  if (action === "--full-restart") {
    yield* runCommand(sys, [systemctl, "stop", unit]);
    return yield* runCommand(sys, [systemctl, "start", unit]);
  }
  if (!VERBS.has(action)) {
    yield* sys.printError(`service: Podwire does not model the action '${action}'\n`);
    return 1;
  }
  return yield* runCommand(sys, [
    systemctl,
    ...(action === "status" ? ["--no-pager"] : []),
    action === "force-reload" ? "reload-or-restart" : action,
    unit,
  ]);
}

export const service: Program = {
  name: "service",
  package: "init-system-helpers",
  directory: "/usr/sbin",
  docs: {
    summary: "run a System V init script",
    synopsis: "service SCRIPT COMMAND",
    options: [["start, stop, restart, status, reload, try-restart, force-reload", "of a service"]],
    examples: ["service nginx start"],
    limitations: ["No --status-all; there are no System V scripts, only units."],
  },
  main,
};
