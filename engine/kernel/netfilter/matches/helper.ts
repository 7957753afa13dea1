/** Connections that a conntrack helper looks into; there are no helpers. Linux net/netfilter/xt_helper.c. */
import { not, quoted } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

export const helper = oneValueMatch<string>({
  name: "helper",
  summary: "connections expected by a helper of connection tracking",
  example: "-m helper --helper ftp",
  options: ["helper"],
  tracksConnections: true,
  parse: (value) => value,
  bad: () => "",
  save: (value, negated) => `${not(negated)} --helper ${quoted(value)}`,
  list: (value, negated) => ` helper match ${negated ? "! " : ""}"${value}"`,
  evaluate: () => false,
});
