import type { Sys } from "./sys.ts";
import type { Blocking } from "./wait-queue.ts";

/** What `--help` overviews, `man`, tab completion and docs/coverage.md know of a program. */
export interface ProgramDocs {
  /** One line, as in the NAME section of its manual page. */
  readonly summary: string;
  /** The command lines it takes, one a line, as in the SYNOPSIS section. */
  readonly synopsis: string;
  /** Modelled options: the flag as typed (with its argument's name) and what it does. */
  readonly options?: readonly (readonly [flag: string, meaning: string])[];
  readonly examples?: readonly string[];
  /** Differences from the real program, one sentence each. */
  readonly limitations?: readonly string[];
}

/** An argument position being completed. */
export interface CompletionRequest {
  /** The words before the cursor, the program's name first; the last one may be empty. */
  readonly words: readonly string[];
}

/** What can be typed after a program's name; the shell falls back on file names. */
export interface CompletionAnswer {
  readonly candidates: readonly string[];
  /** Offer file names too. */
  readonly files?: boolean;
}

/** Something that exec(2) can run: a file in the virtual file system stands for it. */
export interface Program {
  /** The file's name. */
  readonly name: string;
  /** The Debian package that ships it; also the name of its folder under programs/. */
  readonly package: string;
  /** Where it is installed; `/usr/bin` unless said. */
  readonly directory?: string;
  readonly docs: ProgramDocs;
  /** Returns the exit status, 0 to 255. */
  main(sys: Sys, argv: readonly string[]): Blocking<number>;
  complete?(sys: Sys, request: CompletionRequest): CompletionAnswer;
}
