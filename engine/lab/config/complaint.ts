import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Path } from "../file/problems.ts";

/** Told of what the kernel refused: where in the node's part of the file, and why. */
export type Complain = (path: Path, message: string) => void;

/** Runs one step of configuring; a refusal by the kernel becomes a complaint. */
export function attempt(path: Path, complain: Complain, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    complain(path, `the kernel refuses: ${error.extack ?? strerror(error.errno)}`);
  }
}
