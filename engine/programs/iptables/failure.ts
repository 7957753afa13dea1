/** How a command of iptables ends in failure. */
import type { TableStore } from "../../kernel/netfilter/ipv6/tables.ts";
import type { Netfilter } from "../../kernel/netfilter/netfilter.ts";

export class Failure extends Error {
  constructor(
    /** Everything for standard error, without the last newline. */
    readonly text: string,
    readonly status: number,
  ) {
    super(text);
  }
}

/** `(nf_tables)` and `(legacy)` are two programs with one face. */
export interface Face {
  readonly flavour: "nft" | "legacy";
  readonly family: "ipv4" | "ipv6" | "arp";
  /** `iptables`, `iptables-restore` */
  readonly program: string;
}

/** `iptables`, without what the program does with it. */
export const commandOf = ({ family }: Pick<Face, "family">): string => COMMANDS[family];

const COMMANDS = { ipv4: "iptables", ipv6: "ip6tables", arp: "arptables" } as const;

export function storeOf({ family }: Face, netfilter: Netfilter): TableStore {
  const stores = { ipv4: netfilter, ipv6: netfilter.ipv6, arp: netfilter.arp };
  return stores[family];
}

export const VERSION = "1.8.9";

export function versionOf({ program, flavour }: Face): string {
  return `${program} v${VERSION} (${flavour === "nft" ? "nf_tables" : "legacy"})`;
}

/** PARAMETER_PROBLEM: `line` is that of a restore file. */
export function usageFailure(face: Face, message: string, line?: number, isSigned = true): Failure {
  const where = line === undefined ? "" : `Error occurred at line: ${line}\n`;
  const { program } = face;
  return new Failure(
    `${isSigned ? `${versionOf(face)}: ` : ""}${message}\n${where}Try \`${program} -h' or '${program} --help' for more information.`,
    2,
  );
}

/** `iptables: No chain/target/match by that name.` */
export function kernelFailure(face: Face, message: string): Failure {
  return new Failure(`${face.program}: ${message}.`, 1);
}
