/** What leaves a list of commands other than by its end. Thrown, and caught by whom it concerns. */

export class BreakLoop {
  constructor(public levels: number) {}
}

export class ContinueLoop {
  constructor(public levels: number) {}
}

/** `return`, to the end of the function or the sourced file. */
export class ReturnFromFunction {
  constructor(readonly status: number) {}
}

/** `exit`, or an error that ends a shell that is not interactive. */
export class ExitShell {
  constructor(readonly status: number) {}
}

/**
 * The rest of the line is given up (bash's jump to the top level): a failed expansion, an
 * assignment to a read-only variable, Ctrl-C at an interactive shell. Already reported.
 */
export class AbandonLine {
  constructor(readonly status: number) {}
}

/** A word cannot be expanded; the text is what follows bash's prefix. */
export class ExpansionError extends Error {
  constructor(
    message: string,
    /** Ends a shell that is not interactive, as `${x?}` and `set -u` do. */
    readonly fatal = false,
  ) {
    super(message);
    this.name = "ExpansionError";
  }
}

/** An assignment is refused: a read-only variable, a bad subscript. */
export class AssignmentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AssignmentError";
  }
}
