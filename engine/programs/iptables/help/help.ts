/** `iptables -h`, of version 1.8.9. */
import { commandOf, Failure, versionOf, type Face } from "../failure.ts";
import { arptablesHelp } from "../arptables/help.ts";
import { MATCH_HELP } from "./match-help.ts";
import { TARGET_HELP } from "./target-help.ts";

/** Extensions named before `-h`, of which it tells too. */
export interface HelpTopics {
  /** `standard`: a verdict or a chain. */
  readonly target: string | undefined;
  readonly matches: readonly string[];
}

/** `-h` was read: the command line ends here. */
export class HelpAsked extends Error {
  constructor(readonly topics: HelpTopics) {
    super("help");
  }
}

export const STANDARD_HELP = `
standard match options:
(If target is DROP, ACCEPT, RETURN or nothing)
`;

const FRAGMENT = "[!] --fragment\t-f\t\tmatch second or further fragments only\n";

/** Throws Failure. */
export function helpText(face: Face, { target, matches }: HelpTopics): string {
  const find = (texts: Readonly<Record<string, string>>, name: string): string => {
    const text = (isIpv6(face) ? texts[`${name} (IPv6)`] : undefined) ?? texts[name];
    if (text !== undefined) return text;
    throw new Failure(`${face.program}: Podwire does not model the help text of '${name}'`, 1);
  };
  if (face.family === "arp") return commandsHelp(face) + arptablesHelp(target);
  let text = ownHelp(face);
  if (target === "standard") text += STANDARD_HELP;
  else if (target !== undefined) text += find(TARGET_HELP, target);
  for (const match of matches) text += find(MATCH_HELP, match);
  return text;
}

const isIpv6 = ({ family }: Face): boolean => family === "ipv6";

function ownHelp(face: Face): string {
  const ipv6 = isIpv6(face);
  return `${commandsHelp(face)}Options:
    --ipv4	-4		${ipv6 ? "Error" : "Nothing"} (line is ignored by ip6tables-restore)
    --ipv6	-6		${ipv6 ? "Nothing" : "Error"} (line is ignored by iptables-restore)
[!] --protocol	-p proto	protocol: by number or name, eg. \`tcp'
[!] --source	-s address[/mask][...]
				source specification
[!] --destination -d address[/mask][...]
				destination specification
[!] --in-interface -i input name[+]
				network interface name ([+] for wildcard)
 --jump	-j target
				target for rule (may load target extension)
  --goto      -g chain
			       jump to chain with no return
  --match	-m match
				extended match (may load extension)
  --numeric	-n		numeric output of addresses and ports
[!] --out-interface -o output name[+]
				network interface name ([+] for wildcard)
  --table	-t table	table to manipulate (default: \`filter')
  --verbose	-v		verbose mode
  --wait	-w [seconds]	maximum wait to acquire xtables lock before give up
  --line-numbers		print line numbers when listing
  --exact	-x		expand numbers (display exact values)
${ipv6 ? "" : FRAGMENT}  --modprobe=<command>		try to insert modules using this command
  --set-counters -c PKTS BYTES	set the counter during insert/append
[!] --version	-V		print package version.
`;
}

function commandsHelp(face: Face): string {
  const command = commandOf(face);
  return `${versionOf({ ...face, program: command })}

Usage: ${command} -[ACD] chain rule-specification [options]
       ${command} -I chain [rulenum] rule-specification [options]
       ${command} -R chain rulenum rule-specification [options]
       ${command} -D chain rulenum [options]
       ${command} -[LS] [chain [rulenum]] [options]
       ${command} -[FZ] [chain] [options]
       ${command} -[NX] chain
       ${command} -E old-chain-name new-chain-name
       ${command} -P chain target [options]
       ${command} -h (print this help information)

Commands:
Either long or short options are allowed.
  --append  -A chain		Append to chain
  --check   -C chain		Check for the existence of a rule
  --delete  -D chain		Delete matching rule from chain
  --delete  -D chain rulenum
				Delete rule rulenum (1 = first) from chain
  --insert  -I chain [rulenum]
				Insert in chain as rulenum (default 1=first)
  --replace -R chain rulenum
				Replace rule rulenum (1 = first) in chain
  --list    -L [chain [rulenum]]
				List the rules in a chain or all chains
  --list-rules -S [chain [rulenum]]
				Print the rules in a chain or all chains
  --flush   -F [chain]		Delete all rules in  chain or all chains
  --zero    -Z [chain [rulenum]]
				Zero counters in chain or all chains
  --new     -N chain		Create a new user-defined chain
  --delete-chain
            -X [chain]		Delete a user-defined chain
  --policy  -P chain target
				Change policy on chain to target
  --rename-chain
            -E old-chain new-chain
				Change chain name, (moving any references)

`;
}
