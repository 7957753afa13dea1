import type { Program } from "../../kernel/process/program.ts";

export const clear: Program = {
  name: "clear",
  package: "ncurses-bin",
  docs: {
    summary: "clear the terminal screen",
    synopsis: "clear [-x]",
    options: [["-x", "do not clear the scrollback"]],
  },
  *main(sys, argv) {
    if (argv.length > 2 || (argv[1] !== undefined && argv[1] !== "-x")) {
      if (argv[1] === "-V") {
        yield* sys.print("ncurses 6.4.20221231\n");
        return 0;
      }
      yield* sys.printError(
        "Usage: clear [options]\n\nOptions:\n  -T TERM     use this instead of $TERM\n  -V          print curses-version\n  -x          do not try to clear scrollback\n",
      );
      return 1;
    }
    if (!sys.env.get("TERM")) {
      yield* sys.printError("TERM environment variable not set.\n");
      return 1;
    }
    yield* sys.print(argv[1] === "-x" ? "\x1b[H\x1b[2J" : "\x1b[H\x1b[2J\x1b[3J");
    return 0;
  },
};
