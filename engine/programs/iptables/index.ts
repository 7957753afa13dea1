/** Debian package iptables: one set of programs for each flavour. */
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ARPTABLES } from "./arptables/index.ts";
import { EBTABLES } from "./ebtables/index.ts";
import type { Face } from "./failure.ts";
import { runIptables } from "./iptables.ts";
import { runRestore } from "./iptables-restore.ts";
import { runSave } from "./iptables-save.ts";
import { UNMODELLED_PROGRAMS } from "./unmodelled.ts";

type Run = (
  sys: Sys,
  argv: readonly string[],
  flavour: Face["flavour"],
  family: Face["family"],
) => Blocking<number>;

const LIMITATIONS = [
  "Matches and targets that are not listed are refused by name.",
  "Rules of ip6tables are kept and shown; no packet meets them, since there is no IPv6.",
];

const IPTABLES_DOCS: ProgramDocs = {
  summary: "administration tool for IPv4 packet filtering and NAT",
  synopsis: [
    "iptables [-t table] {-A|-C|-D} chain rule-specification",
    "iptables [-t table] -I chain [rulenum] rule-specification",
    "iptables [-t table] -R chain rulenum rule-specification",
    "iptables [-t table] -D chain rulenum",
    "iptables [-t table] {-F|-L|-S|-Z} [chain [rulenum]] [options...]",
    "iptables [-t table] -N chain",
    "iptables [-t table] -X [chain]",
    "iptables [-t table] -P chain policy",
    "iptables [-t table] -E old-chain-name new-chain-name",
  ].join("\n"),
  options: [
    ["-t table", "raw, mangle, nat, filter (the default) or security"],
    ["-s, -d address[/mask][,...]", "source, destination"],
    ["-p protocol", "protocol, by name or number"],
    ["-i, -o name", "interface that the packet comes, goes by; name+ stands for all that begin so"],
    ["-f", "second and further fragments"],
    ["-m match", "an extended match"],
    ["-j target", "what happens to the packet"],
    ["-g chain", "like -j, but the chain returns to the caller's caller"],
    ["-c packets bytes", "initial counters"],
    ["-n, -v, -x, --line-numbers", "how -L prints"],
    ["-w [seconds]", "wait for the lock"],
  ],
  limitations: LIMITATIONS,
};

const SAVE_DOCS: ProgramDocs = {
  summary: "dump iptables rules",
  synopsis: "iptables-save [-c] [-t table] [-f filename]",
  options: [
    ["-c", "with counters"],
    ["-t table", "only this table"],
    ["-f filename", "write to a file"],
  ],
  limitations: LIMITATIONS,
};

const RESTORE_DOCS: ProgramDocs = {
  summary: "restore IP tables",
  synopsis: "iptables-restore [-cntv] [-w [seconds]] [-T table] [file]",
  options: [
    ["-c", "restore counters"],
    ["-n", "do not flush what is there"],
    ["-t", "only test"],
    ["-T table", "only this table"],
  ],
  limitations: LIMITATIONS,
};

const TOOLS: readonly (readonly [suffix: string, run: Run, docs: ProgramDocs])[] = [
  ["", runIptables, IPTABLES_DOCS],
  ["-save", runSave, SAVE_DOCS],
  ["-restore", runRestore, RESTORE_DOCS],
];

function program(name: string, run: Run, flavour: Face["flavour"], docs: ProgramDocs): Program {
  const family = name.startsWith("ip6") ? "ipv6" : "ipv4";
  return {
    name,
    package: "iptables",
    directory: "/usr/sbin",
    docs,
    main: (sys, argv) => run(sys, argv, flavour, family),
  };
}

export const IPTABLES: readonly Program[] = [
  ...TOOLS.flatMap(([suffix, run, docs]) => [
    program(`iptables-nft${suffix}`, run, "nft", docs),
    program(`iptables-legacy${suffix}`, run, "legacy", docs),
    program(`ip6tables-nft${suffix}`, run, "nft", docs),
    program(`ip6tables-legacy${suffix}`, run, "legacy", docs),
  ]),
  ...ARPTABLES,
  ...EBTABLES,
  ...UNMODELLED_PROGRAMS,
];

/** What update-alternatives(1) keeps in /etc/alternatives, for both flavours. */
export const IPTABLES_ALTERNATIVES = [
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ip6tables",
  "ip6tables-save",
  "ip6tables-restore",
] as const;

/** The same, of what has the nf_tables flavour alone. */
export const NFT_ALTERNATIVES = [
  "arptables",
  "arptables-save",
  "arptables-restore",
  "ebtables",
  "ebtables-save",
  "ebtables-restore",
] as const;
