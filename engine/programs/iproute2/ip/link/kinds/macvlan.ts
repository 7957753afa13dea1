import { Exit, matches, notModelled } from "../../../support/args.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const MODES = ["private", "vepa", "bridge", "passthru"] as const;

export const macvlan: LinkKind = {
  name: "macvlan",
  usage: `Usage: ... macvlan mode MODE [flag MODE_FLAG] MODE_OPTS [bcqueuelen BC_QUEUE_LEN]

MODE: private | vepa | bridge | passthru | source
MODE_FLAG: null | nopromisc | nodst
MODE_OPTS: for mode "source":
	macaddr { { add | del } <macaddr> | set [ <macaddr> [ <macaddr>  ... ] ] | flush }
BC_QUEUE_LEN: Length of the rx queue for broadcast/multicast: [0-4294967295]
`,
  parse(_context, args) {
    let macvlanMode: (typeof MODES)[number] | undefined;
    while (!args.done) {
      const word = args.take();
      if (matches(word, "mode")) {
        const text = args.value();
        if (text === "source") throw notModelled("ip", "the macvlan mode 'source'");
        macvlanMode = MODES.find((mode) => mode === text);
        if (!macvlanMode) {
          throw new Exit(
            1,
            'Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or ' +
              `"source", not "${text}"\n`,
          );
        }
      } else if (matches(word, "flag", "bcqueuelen", "macaddr")) {
        throw notModelled("ip", `the macvlan option '${word}'`);
      } else {
        throw unknownWord(macvlan, word, "option");
      }
    }
    return macvlanMode ? { macvlanMode } : {};
  },
  describe(_context, printer, link) {
    if (link.data.kind !== "macvlan") return;
    printer.field("mode", link.data.mode, `mode ${link.data.mode} `);
    printer.field("bcqueuelen", 1000, "bcqueuelen 1000 ");
    printer.field("usedbcqueuelen", 1000, "usedbcqueuelen 1000 ");
  },
};
