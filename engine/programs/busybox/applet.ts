/** BusyBox's applets: one program that acts as whatever name it is called by. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

export interface Applet {
  readonly name: string;
  readonly summary: string;
  /** Directory of its link in Alpine. */
  readonly directory: string;
  main(sys: Sys, argv: readonly string[]): Blocking<number>;
}

export type Rewrite = readonly (readonly [pattern: RegExp, words: string])[];

/** The same system calls; what is printed is worded as BusyBox does. */
export function rewording(sys: Sys, errors: Rewrite, output: Rewrite = []): Sys {
  const apply = (rewrite: Rewrite, text: string): string =>
    rewrite.reduce((words, [pattern, next]) => words.replace(pattern, next), text);
  const printError = (text: string): Blocking<void> => sys.printError(apply(errors, text));
  const print = (text: string): Blocking<void> => sys.print(apply(output, text));
  return Object.assign(Object.create(sys) as Sys, { printError, print });
}

export interface Borrowing {
  /** Letters of the options that mean and print the same in both. */
  readonly options?: string;
  readonly directory?: string;
  readonly errors?: Rewrite;
  /** Of standard output. */
  readonly output?: Rewrite;
  /** Its exit statuses mean what they mean; otherwise every failure is 1. */
  readonly keepsStatus?: boolean;
}

/** GNU's way to end a complaint. */
const NO_HINT: Rewrite = [[/^Try '.*' for more information\.\n/m, ""]];

/** An applet that prints what another program prints, but for its errors and its fewer options. */
export function borrow(program: Program, how: Borrowing = {}): Applet {
  const { options = "", directory = "/bin", errors = [] } = how;
  return {
    name: program.name,
    summary: program.docs.summary,
    directory,
    *main(sys, argv) {
      const [name = program.name, ...words] = argv;
      const end = words.indexOf("--");
      const odd = words.slice(0, end < 0 ? undefined : end).find((word) => !isKnown(word, options));
      if (odd !== undefined) {
        yield* sys.printError(`${name}: Podwire does not model the option '${odd}' of BusyBox\n`);
        return 1;
      }
      const own = rewording(sys, [...NO_HINT, ...errors], how.output);
      const status = yield* program.main(own, [program.name, ...words]);
      return how.keepsStatus === true ? status : Math.min(status, 1);
    },
  };
}

/** An operand, a number such as `-5`, or letters of which each is one of the options. */
function isKnown(word: string, options: string): boolean {
  if (word === "-" || !word.startsWith("-")) return true;
  if (/^-\d+$/.test(word)) return options.includes("#");
  // What follows a letter may be its argument.
  return options.includes(word.charAt(1)) && !word.startsWith("--");
}
