/** find's expression: tests and actions joined by operators. */
import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

/** The file that the expression is asked about. */
export interface Visit {
  readonly path: string;
  /** The last component, as -name sees it. */
  readonly name: string;
  /** The starting point it was found under. */
  readonly root: string;
  readonly depth: number;
  readonly stat: Stat;
}

export interface Primary {
  /** True or false; actions do their work here. */
  test(visit: Visit): Blocking<boolean>;
  /** What is left to do when all is over (`-exec … +`). */
  finish?(): Blocking<void>;
}

export interface Expression {
  readonly root: Primary;
  readonly finishers: readonly Primary[];
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly depthFirst: boolean;
}
