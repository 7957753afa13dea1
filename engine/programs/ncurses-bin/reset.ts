import type { Program } from "../../kernel/process/program.ts";

/** Full reset, then the attributes, the character set and the window as after power-on. */
const RESET = "\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>";

export const reset: Program = {
  name: "reset",
  package: "ncurses-bin",
  docs: {
    summary: "terminal initialization",
    synopsis: "reset [-q]",
    options: [["-q", "show the terminal's type instead"]],
  },
  *main(sys, argv) {
    if (argv[1] === "-q") {
      yield* sys.print(`${sys.env.get("TERM") ?? "unknown"}\n`);
      return 0;
    }
    if (argv.length > 1) {
      yield* sys.printError(`reset: Podwire does not model the option '${argv[1]}'\n`);
      return 1;
    }
    const fd = [2, 1, 0].find((one) => sys.isatty(one));
    if (fd === undefined) {
      yield* sys.printError("reset: terminal attributes: No such device or address\n");
      return 1;
    }
    sys.tcsetattr(fd, {
      canonical: true,
      echo: true,
      signals: true,
      outputNewlines: true,
      inputNewlines: true,
    });
    yield* sys.print(RESET);
    return 0;
  },
};
