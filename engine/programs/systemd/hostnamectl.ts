/** hostnamectl(1): shows and sets the host name. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

function osName(sys: Sys): string {
  if (!sys.access("/etc/os-release", { read: true })) return "Linux";
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(sys.readTextFile("/etc/os-release"))?.[1] ?? "Linux";
}

/** Only letters, digits, dots, hyphens and underscores, as hostname_is_valid() says. */
function isValid(name: string): boolean {
  return name.length <= 64 && /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name);
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const [verb = "status", ...rest] = argv.slice(1);
  switch (verb) {
    case "status": {
      const rows: readonly (readonly [string, string])[] = [
        ["Static hostname", sys.hostname()],
        ["Icon name", "computer-vm"],
        ["Chassis", "vm"],
        ["Operating System", osName(sys)],
        ["Kernel", `Linux ${sys.uname().release}`],
        ["Architecture", "x86-64"],
      ];
      yield* sys.print(rows.map(([name, text]) => `${name.padStart(16)}: ${text}\n`).join(""));
      return 0;
    }
    case "hostname":
    case "set-hostname": {
      const [name] = rest;
      if (name === undefined) {
        if (verb === "hostname") {
          yield* sys.print(`${sys.hostname()}\n`);
          return 0;
        }
        yield* sys.printError("Too few arguments.\n");
        return 1;
      }
      if (!isValid(name)) {
        yield* sys.printError(`Could not set static hostname: Invalid static hostname '${name}'\n`);
        return 1;
      }
      sys.sethostname(name);
      sys.writeFile("/etc/hostname", `${name}\n`);
      return 0;
    }
    default:
      yield* sys.printError(
        verb.startsWith("-")
          ? `hostnamectl: Podwire does not model the option '${verb}'\n`
          : `Unknown command verb ${verb}.\n`,
      );
      return 1;
  }
}

export const hostnamectl: Program = {
  name: "hostnamectl",
  package: "systemd",
  docs: {
    summary: "Control the system hostname",
    synopsis: "hostnamectl [status]\nhostnamectl hostname [NAME]",
    options: [
      ["status", "the names, the system and the kernel"],
      ["hostname [NAME]", "print or set the host name"],
      ["set-hostname NAME", "set it"],
    ],
    limitations: ["No options, no icon, chassis, deployment or location, no machine and boot ids."],
  },
  main,
};
