/** How a net-tools program ends: a text for standard error and a status. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";

export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(text);
    this.name = "Failure";
  }
}

export function notModelled(program: string, what: string): Failure {
  return new Failure(1, `${program}: Podwire does not model ${what}\n`);
}

/** perror(3) */
export function perror(call: string, error: unknown): string {
  if (!(error instanceof KernelError)) throw error;
  return `${call}: ${strerror(error.errno)}\n`;
}

/** Runs a program whose functions throw Failure. */
export function* guarded(sys: Sys, run: () => Blocking<number>): Blocking<number> {
  try {
    return yield* run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.text !== "") yield* sys.printError(error.text);
    return error.status;
  }
}

export const VERSION_2_10 = "net-tools 2.10\n";
