import { CliError } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";
import { checkTty } from "../../run/attached.ts";
import { environmentProblem } from "../../run/checks.ts";
import { environment } from "../../run/environment.ts";
import { interact } from "../../streams.ts";

export const exec = defineCommand({
  path: "container exec",
  shortcut: "exec",
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  summary: ["Execute a command in a running container", "Run a command in a running container"],
  flags: {
    "-d, --detach": "Detached mode: run command in the background",
    "--detach-keys string": "Override the key sequence for detaching a container",
    "-e, --env list": "Set environment variables",
    "--env-file list": "Read in a file of environment variables",
    "-i, --interactive": "Keep STDIN open even if not attached",
    "--privileged": "Give extended privileges to the command",
    "-t, --tty": "Allocate a pseudo-TTY",
    "-u, --user string": [
      'Username or UID (format: "<name|uid>[:<group|gid>]")',
      "Username or UID (format: <name|uid>[:<group|gid>])",
    ],
    "-w, --workdir string": "Working directory inside the container",
  },
  args: atLeast(2),
  stopsAtOperand: true,
  checks: { env: environmentProblem },
  *run(cli, { args, flags }) {
    const [name = "", ...command] = args;
    const detached = flags.on("detach");
    const stdin = flags.on("interactive") && !detached;
    const tty = flags.on("tty");
    cli.lookUp("container", name, () => cli.engine.containerInspect(name));
    if (!detached) checkTty(cli, stdin, tty);
    const keys = flags.text("detach-keys") ?? "";
    const window = tty && cli.sys.isatty(1) ? cli.sys.windowSize(1) : undefined;
    const size = window && { ConsoleSize: [window.rows, window.columns] as const };
    const { Id } = cli.engine.execCreate(name, {
      User: flags.text("user") ?? "",
      Privileged: flags.on("privileged"),
      Tty: tty,
      AttachStdin: stdin,
      AttachStdout: !detached,
      AttachStderr: !detached,
      DetachKeys: keys,
      Env: environment(cli.sys, flags.list("env-file"), flags.list("env")),
      WorkingDir: flags.text("workdir") ?? "",
      Cmd: command,
      ...size,
    });
    const stream = yield* cli.engine.execStart(Id, { Detach: detached, Tty: tty, ...size });
    if (stream === undefined) return 0;
    const end = yield* interact(cli.sys, stream, {
      stdin,
      tty,
      ...(keys !== "" && { detachKeys: keys }),
      ...(tty && {
        resize: (rows: number, columns: number) => cli.engine.execResize(Id, rows, columns),
      }),
    });
    if (end === "detached") throw new CliError("read escape sequence");
    return cli.engine.execInspect(Id).ExitCode ?? 0;
  },
  complete: (cli, before) =>
    before.length === 0 ? containerNames(cli, isRunning) : { candidates: [], files: true },
});
