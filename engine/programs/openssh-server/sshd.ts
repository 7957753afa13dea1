import { IPV4_ANY } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { getopt } from "../support/getopt.ts";
import { SSH_PORT } from "../openssh-client/wire.ts";
import { serveConnection } from "./connection.ts";

const BACKLOG = 128;
const PID_FILE = "/run/sshd.pid";

export const sshd: Program = {
  name: "sshd",
  package: "openssh-server",
  directory: "/usr/sbin",
  docs: {
    summary: "OpenSSH daemon",
    synopsis: "sshd [-D] [-e] [-p port]",
    options: [
      ["-D", "stay in the foreground"],
      ["-p PORT", "where to listen (22)"],
      ["-e, -q", "where messages would go"],
    ],
    examples: ["/usr/sbin/sshd", "systemctl start ssh"],
    limitations: [
      "Nothing is encrypted; there are no keys and passwords: root may log in, nobody else.",
      "sshd_config is not read; other options are refused.",
    ],
  },

  *main(sys, argv) {
    const parsed = getopt(argv, { short: "Deqp:" });
    if (!parsed.ok) {
      const letter = /'(.)'/.exec(parsed.error)?.[1] ?? "";
      yield* sys.printError(`sshd: Podwire does not model the option '-${letter}'\n`);
      return 1;
    }
    if (!argv[0]?.startsWith("/")) {
      yield* sys.printError("sshd re-exec requires execution with an absolute path\n");
      return 1;
    }
    const ports = parsed.options
      .filter(({ name }) => name === "p")
      .map(({ value }) => Number(value));
    const port = ports.at(-1) ?? SSH_PORT;
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      yield* sys.printError("Bad port number.\n");
      return 1;
    }
    const listener = sys.socket("inet", "stream");
    sys.setsockopt(listener, "reuseAddress", true);
    try {
      sys.bind(listener, { ip: IPV4_ANY, port });
      sys.listen(listener, BACKLOG);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      yield* sys.printError(
        `error: Bind to port ${port} on 0.0.0.0 failed: ${strerror(error.errno)}.\r\nfatal: Cannot bind any address.\r\n`,
      );
      return FATAL;
    }
    if (parsed.options.some(({ name }) => name === "D")) return yield* accept(sys, listener);
    sys.spawn({
      run: { name: "sshd", main: (child) => accept(child, listener) },
      descriptors: new Map([[listener, listener]]),
      newSession: true,
    });
    return 0;
  },
};

const FATAL = 255;

function* accept(sys: Sys, listener: number): Blocking<number> {
  sys.signal("SIGCHLD", "ignore");
  writePid(sys);
  for (;;) {
    const { fd, peer } = yield* sys.accept(listener);
    const local = sys.getsockname(fd);
    sys.spawn({
      run: { name: "sshd", main: (child) => serveConnection(child, fd, peer, local) },
      descriptors: new Map([[fd, fd]]),
      resetSignals: ["SIGCHLD"],
      newSession: true,
    });
    sys.close(fd);
  }
}

function writePid(sys: Sys): void {
  try {
    sys.writeFile(PID_FILE, `${sys.pid}\n`);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
