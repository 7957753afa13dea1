import type { Ipv4 } from "../../../../../net/address.ts";
import { formatIpv4 } from "../../../../../net/address.ts";
import { invalidArgument, matches, notModelled, parseUnsigned } from "../../../support/args.ts";
import { parseAddress } from "../../../support/address.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const UNMODELLED = [
  "tos",
  "nopmtudisc",
  "6rd-prefix",
  "6rd-relay_prefix",
  "6rd-reset",
  "dev",
  "fwmark",
  "external",
  "noencap",
  "encap",
  "encap-sport",
  "encap-dport",
];

export const ipip: LinkKind = {
  name: "ipip",
  usage: `Usage: ... ipip  	[ remote ADDR ]
			[ local ADDR ]
			[ ttl TTL ]
			[ tos TOS ]
			[ [no]pmtudisc ]
			[ 6rd-prefix ADDR ]
			[ 6rd-relay_prefix ADDR ]
			[ 6rd-reset ]
			[ dev PHYS_DEV ]
			[ fwmark MARK ]
			[ external ]
			[ noencap ]
			[ encap { fou | gue | none } ]
			[ encap-sport PORT ]
			[ encap-dport PORT ]
			[ [no]encap-csum ]
			[ [no]encap-csum6 ]
			[ [no]encap-remcsum ]
			[ mode { ipip | mplsip | any } ]

Where:	ADDR := { IP_ADDRESS | any }
	TOS  := { NUMBER | inherit }
	TTL  := { 1..255 | inherit }
	MARK := { 0x0..0xffffffff }
`,
  parse(_context, args) {
    let local: Ipv4 | undefined;
    let remote: Ipv4 | undefined;
    let ttl: number | undefined;
    while (!args.done) {
      const word = args.take();
      if (word === "remote") remote = parseAddress("ip", args.value(), "inet");
      else if (word === "local") local = parseAddress("ip", args.value(), "inet");
      else if (word === "ttl" || word === "hoplimit" || word === "hlim") {
        const text = args.value();
        ttl = text === "inherit" ? 0 : parseUnsigned(text, 255);
        if (ttl === undefined) throw invalidArgument("invalid TTL", text);
      } else if (word === "mode") {
        const mode = args.value();
        if (!["ipip", "ip4ip4", "ipv4/ipv4"].includes(mode)) {
          throw notModelled("ip", `the tunnel mode '${mode}'`);
        }
      } else if (word === "pmtudisc") continue;
      else if (matches(word, ...UNMODELLED)) throw notModelled("ip", `the ipip option '${word}'`);
      else throw unknownWord(ipip, word, "option");
    }
    return {
      tunnel: {
        ...(local !== undefined && { local }),
        ...(remote !== undefined && { remote }),
        ...(ttl !== undefined && { ttl }),
      },
    };
  },
  describe(_context, printer, link) {
    if (link.data.kind !== "ipip") return;
    const remote = link.data.remote === 0 ? "any" : formatIpv4(link.data.remote);
    const local = link.data.local === 0 ? "any" : formatIpv4(link.data.local);
    printer.field("proto", "ipip", "ipip ");
    printer.field("remote", remote, `remote ${remote} `);
    printer.field("local", local, `local ${local} `);
    printer.plain("ttl inherit ");
    printer.member("ttl", 0);
    printer.field("pmtudisc", true, "pmtudisc ");
  },
};
