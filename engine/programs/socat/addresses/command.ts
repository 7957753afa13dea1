import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { SpawnOptions, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { findCommand } from "../../support/command.ts";
import type { Channel, Continuation, Opening } from "../channel.ts";
import { SocatError, type Log } from "../log.ts";
import { checkOptions, isSet, type AddressSpec } from "../spec.ts";
import { readDescriptor, writeDescriptor } from "./descriptors.ts";

/** EXEC: a program with arguments; SYSTEM: a line for sh. */
export function* openCommand(
  { sys, log, direction }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkOptions(spec, ["stderr", "pipes", "setsid", "crnl"]);
  const command = spec.parameters.join(":");
  if (command === "") {
    throw new SocatError(`${spec.typed}: wrong number of parameters (0 instead of 1)`);
  }
  const argv = spec.keyword === "SYSTEM" ? ["sh", "-c", command] : splitWords(command);
  const toChild = sys.pipe();
  const fromChild = sys.pipe();
  const descriptors = new Map([[2, isSet(spec, "stderr") ? fromChild.write : 2]]);
  descriptors.set(0, direction === "read" ? 0 : toChild.read);
  descriptors.set(1, direction === "write" ? 1 : fromChild.write);

  // A handler, so that the child's end interrupts what socat waits for.
  sys.signal("SIGCHLD", () => {});
  yield* log.line("N", "forking off child, using socket for reading and writing");
  const pid = sys.spawn({
    run: { name: "socat", main: (child) => execute(child, log.of(child), argv) },
    descriptors,
    resetSignals: ["SIGCHLD", "SIGPIPE", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"],
    ...(isSet(spec, "setsid") ? { newSession: true } : {}),
  } satisfies SpawnOptions);
  yield* log.line("N", `forked off child process ${pid}`);
  yield* log.line("N", `forked off child process ${pid}`);
  sys.close(toChild.read);
  sys.close(fromChild.write);

  const channel: Channel = {
    ...(direction === "write" ? {} : { input: fromChild.read }),
    ...(direction === "read" ? {} : { output: toChild.write }),
    crnl: isSet(spec, "crnl"),
    read: (self, _, max) => readDescriptor(self, fromChild.read, max),
    write: (self, _, data) => writeDescriptor(self, toChild.write, data),
    shutdown: (self) => self.close(toChild.write),
  };
  return yield* then(sys, log, channel);
}

function* execute(sys: Sys, log: Log, argv: readonly string[]): Blocking<number> {
  const name = argv[0] as string;
  yield* log.line("N", `execvp'ing "${name}"`);
  try {
    return yield* sys.exec(findCommand(sys, name), argv);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* log.line("E", `execvp("${name}", "${name}"): ${strerror(error.errno)}`);
    return 1;
  }
}

/** Words as socat cuts them: quotes keep spaces, a backslash the next character. */
function splitWords(command: string): string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  return words.map((word) =>
    word.replace(
      /\\(.)|"([^"]*)"|'([^']*)'/gs,
      (_, escaped, double, single) => escaped ?? double ?? single ?? "",
    ),
  );
}
