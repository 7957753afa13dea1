/** Programs of the package that are there and say that Podwire does not model them. */
import type { Program } from "../../kernel/process/program.ts";

const UNMODELLED: readonly (readonly [name: string, summary: string, directory: string])[] = [
  ["iptables-apply", "a safer way to update iptables remotely", "/usr/sbin"],
  ["iptables-restore-translate", "translate saved rules to nft", "/usr/sbin"],
  ["iptables-translate", "translate a rule to nft", "/usr/sbin"],
  ["iptables-xml", "convert iptables-save format to XML", "/usr/bin"],
  ["xtables-monitor", "show changes to rule set and trace-events", "/usr/sbin"],
];

export const UNMODELLED_PROGRAMS: readonly Program[] = UNMODELLED.map(
  ([name, summary, directory]) => ({
    name,
    package: "iptables",
    directory,
    docs: { summary, synopsis: name, limitations: ["Not modelled; it says so."] },
    *main(sys) {
      yield* sys.printError(`${name}: Podwire does not model this program\n`);
      return 1;
    },
  }),
);
