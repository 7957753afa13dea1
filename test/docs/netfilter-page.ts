/** The part of docs/coverage.md that the matches and targets of iptables tell of themselves. */
import { MATCHES } from "../../engine/kernel/netfilter/matches/registry.ts";
import { TARGETS } from "../../engine/kernel/netfilter/targets/registry.ts";
import { cell, code } from "./markdown.ts";

interface Documented {
  readonly name: string;
  readonly docs: { readonly summary: string; readonly examples: readonly string[] };
  readonly options: Readonly<Record<string, "argument" | "arguments" | "flag">>;
}

export function netfilterLines(): readonly string[] {
  return [
    "## Matches of iptables",
    "",
    "`-m NAME`; a match that is not here is refused by name.",
    "",
    ...table("match", MATCHES),
    "",
    "## Targets of iptables",
    "",
    "`-j NAME`, beside user chains and the verdicts; a target that is not here is refused by name.",
    "",
    ...table("target", TARGETS),
    "",
  ];
}

function table(title: string, extensions: readonly Documented[]): readonly string[] {
  const sorted = extensions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    `| ${title} | what it does | options |`,
    "| --- | --- | --- |",
    ...sorted.map(({ name, docs, options }) => {
      const flags = Object.keys(options).map((option) => code(`--${option}`));
      return `| ${code(name)} | ${cell(docs.summary)} | ${flags.join(" ")} |`;
    }),
  ];
}
