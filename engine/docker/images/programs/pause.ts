import type { Program } from "../../../kernel/process/program.ts";
import type { SignalName } from "../../../kernel/process/signal.ts";
import { KernelError } from "../../../kernel/errno.ts";

const WORDS: Readonly<Partial<Record<SignalName, string>>> = {
  SIGINT: "Interrupt",
  SIGTERM: "Terminated",
};

/** The program of registry.k8s.io/pause: it holds the namespaces of a pod and collects orphans. */
export const pause: Program = {
  name: "pause",
  package: "pause",
  directory: "",
  docs: { summary: "wait for ever, as number 1 of a container", synopsis: "pause [-v]" },
  *main(sys, argv) {
    if (argv[1] === "-v") {
      yield* sys.print("pause.c 3.10\n");
      return 0;
    }
    if (sys.pid !== 1) {
      yield* sys.printError("Warning: pause should be the first process\n");
    }
    let ended: SignalName | undefined;
    for (const signal of ["SIGINT", "SIGTERM"] as const) sys.signal(signal, () => (ended = signal));
    sys.signal("SIGCHLD", () => {});
    while (!ended) {
      try {
        while (yield* sys.waitpid(-1, { noHang: true }));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
      }
      yield* sys.pause();
    }
    yield* sys.printError(`Shutting down, got signal: ${WORDS[ended]}\n`);
    return 0;
  },
};
