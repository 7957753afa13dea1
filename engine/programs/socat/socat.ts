import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { openAddress } from "./addresses/index.ts";
import type { Direction } from "./channel.ts";
import { Log, SocatError } from "./log.ts";
import { parseSocat, type SocatOptions } from "./options.ts";
import { parseAddress } from "./spec.ts";
import { transfer } from "./transfer.ts";
import { HELP, VERSION } from "./usage.ts";

export const socat: Program = {
  name: "socat",
  package: "socat",
  docs: {
    summary: "multipurpose relay (SOcket CAT)",
    synopsis: "socat [options] <address> <address>",
    options: [
      ["-d", "say more: warnings, with -d -d notices"],
      ["-v, -x", "show the data as text, as hexadecimal"],
      ["-b SIZE", "size of a transferred block (8192)"],
      ["-t SECONDS", "how long to go on after one side has ended (0.5)"],
      ["-T SECONDS", "end after so long without data"],
      ["-u, -U", "only from left to right, only from right to left"],
      ["-lp NAME", "the name that messages bear"],
      ["-V, -h", "version, help"],
      ["STDIO, -, STDIN, STDOUT", "standard input and output"],
      ["TCP:HOST:PORT, TCP-LISTEN:PORT", "TCP; with or without 4"],
      ["UDP:HOST:PORT, UDP-LISTEN:PORT", "UDP as if it had connections"],
      ["UDP-SENDTO, UDP-DATAGRAM:HOST:PORT", "UDP without a connection"],
      ["UDP-RECVFROM:PORT, UDP-RECV:PORT", "one datagram with its answer; all datagrams"],
      ["EXEC:COMMAND, SYSTEM:COMMAND", "a program; a command line of sh"],
      ["OPEN:FILE, CREATE:FILE, GOPEN:FILE", "files"],
      ["PIPE", "what is written is read again"],
    ],
    examples: [
      "socat TCP-LISTEN:5000,reuseaddr,fork EXEC:cat",
      "echo hello | socat - UDP:10.0.0.2:5000",
    ],
    limitations: [
      "IPv6, Unix sockets, SSL, proxies, tunnels, pseudo-terminals and dual addresses (!!) are refused.",
      "Messages of -d -d -d (information) and above are not printed.",
      "EXEC and SYSTEM are joined by pipes instead of a socket pair.",
    ],
  },

  *main(sys, argv) {
    let log = new Log(sys, "socat", 0);
    try {
      const parsed = parseSocat(argv);
      switch (parsed.kind) {
        case "help":
          yield* sys.print(HELP);
          return 0;
        case "version":
          yield* sys.print(VERSION);
          return 0;
        case "run":
          log = new Log(sys, parsed.options.programName, parsed.options.verbosity);
          return yield* run(sys, log, parsed.options);
      }
    } catch (error) {
      if (!(error instanceof SocatError)) throw error;
      yield* log.line("E", error.message);
      yield* log.line("N", "exit(1)");
      return 1;
    }
  },
};

function* run(sys: Sys, log: Log, options: SocatOptions): Blocking<number> {
  const [left, right] = options.addresses.map(parseAddress);
  if (!left || !right) throw new Error("two addresses");
  // The real one keeps descriptors 3 and 4 for its signal handlers, which messages let see.
  sys.pipe();
  let signal: SignalName | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    sys.signal(name, () => (signal = name));
  }
  sys.signal("SIGPIPE", "ignore");
  const [leftDirection, rightDirection] = directionsOf(options);
  try {
    return yield* openAddress(
      { sys, log, options, direction: leftDirection },
      left,
      (leftSys, leftLog, leftChannel) =>
        openAddress(
          { sys: leftSys, log: leftLog, options, direction: rightDirection },
          right,
          (rightSys, rightLog, rightChannel) =>
            transfer(rightSys, rightLog, options, leftChannel, rightChannel, () => signal),
        ),
    );
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno !== "EINTR" || !signal) throw error;
    const number = SIGNALS[signal];
    yield* log.line("N", `socat_signal(): handling signal ${number}`);
    yield* log.line("W", `exiting on signal ${number}`);
    yield* log.line("N", `socat_signal(): finishing signal ${number}`);
    yield* log.line("N", `exit(${128 + number})`);
    return 128 + number;
  }
}

function directionsOf(options: SocatOptions): readonly [Direction, Direction] {
  switch (options.unidirectional) {
    case "right":
      return ["read", "write"];
    case "left":
      return ["write", "read"];
    case undefined:
      return ["both", "both"];
  }
}
