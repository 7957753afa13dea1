import type { Ipv4 } from "../../../../../net/address.ts";
import { formatIpv4, isMulticast } from "../../../../../net/address.ts";
import {
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../../support/args.ts";
import { parseAddress } from "../../../support/address.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const DEFAULTS = ["learning", "noproxy", "norsc", "nol2miss", "nol3miss", "udpcsum", "noexternal"];
const UNMODELLED = [
  "tos",
  "ttl",
  "df",
  "flowlabel",
  "label",
  "srcport",
  "port",
  "nolearning",
  "proxy",
  "rsc",
  "l2miss",
  "l3miss",
  "ageing",
  "maxaddress",
  "noudpcsum",
  "udp6zerocsumtx",
  "udp6zerocsumrx",
  "remcsumtx",
  "remcsumrx",
  "external",
  "gbp",
  "gpe",
  "vnifilter",
];

/** The port of Linux before IANA gave 4789. drivers/net/vxlan */
const LINUX_DEFAULT_PORT = 8472;

export const vxlan: LinkKind = {
  name: "vxlan",
  usage: `Usage: ... vxlan id VNI
		[ { group | remote } IP_ADDRESS ]
		[ local ADDR ]
		[ ttl TTL ]
		[ tos TOS ]
		[ df DF ]
		[ flowlabel LABEL ]
		[ dev PHYS_DEV ]
		[ dstport PORT ]
		[ srcport MIN MAX ]
		[ [no]learning ]
		[ [no]proxy ]
		[ [no]rsc ]
		[ [no]l2miss ]
		[ [no]l3miss ]
		[ ageing SECONDS ]
		[ maxaddress NUMBER ]
		[ [no]udpcsum ]
		[ [no]udp6zerocsumtx ]
		[ [no]udp6zerocsumrx ]
		[ [no]remcsumtx ] [ [no]remcsumrx ]
		[ [no]external ] [ gbp ] [ gpe ]
		[ [no]vnifilter ]

Where:	VNI	:= 0-16777215
	ADDR	:= { IP_ADDRESS | any }
	TOS	:= { NUMBER | inherit }
	TTL	:= { 1..255 | auto | inherit }
	DF	:= { unset | set | inherit }
	LABEL := 0-1048575
`,
  parse(context, args) {
    let vni: number | undefined;
    let remote: Ipv4 | undefined;
    let local: Ipv4 | undefined;
    let dstPort: number | undefined;
    let link: string | undefined;
    while (!args.done) {
      const word = args.take();
      if (matches(word, "id", "vni")) {
        const text = args.value();
        vni = parseUnsigned(text, 0xffffff);
        if (vni === undefined) throw invalidArgument("invalid id", text);
      } else if (matches(word, "group", "remote")) {
        const text = args.value();
        remote = parseAddress("ip", text, context.options.family);
        const wantsGroup = matches(word, "group");
        if (isMulticast(remote) !== wantsGroup) {
          throw invalidArgument(`invalid ${wantsGroup ? "group" : "remote"} address`, text);
        }
      } else if (matches(word, "local")) {
        const text = args.value();
        local = parseAddress("ip", text, context.options.family);
        if (isMulticast(local)) throw invalidArgument("invalid local address", text);
      } else if (matches(word, "dev")) {
        const name = args.value();
        if (!context.kernel.link(name)) throw new Exit(255, `Cannot find device "${name}"\n`);
        link = name;
      } else if (matches(word, "dstport")) {
        const text = args.value();
        dstPort = parseUnsigned(text, 65535);
        if (dstPort === undefined) throw invalidArgument("dst port", text);
      } else if (DEFAULTS.includes(word)) {
        continue;
      } else if (matches(word, ...UNMODELLED)) {
        throw notModelled("ip", `the vxlan option '${word}'`);
      } else {
        throw unknownWord(vxlan, word);
      }
    }
    if (dstPort === undefined && vni !== undefined) {
      context.warn(
        "vxlan: destination port not specified\n" +
          "Will use Linux kernel default (non-standard value)\n" +
          "Use 'dstport 4789' to get the IANA assigned value\n" +
          "Use 'dstport 0' to get default and quiet this message\n",
      );
    }
    return {
      ...(link !== undefined && { link }),
      vxlan: {
        ...(vni !== undefined && { vni }),
        ...(remote !== undefined && { remote }),
        ...(local !== undefined && { local }),
        dstPort: dstPort || LINUX_DEFAULT_PORT,
      },
    };
  },
  describe(context, printer, link) {
    if (link.data.kind !== "vxlan") return;
    const { vni, remote, local, dstPort } = link.data;
    printer.field("id", vni, `id ${vni} `);
    if (remote !== undefined && remote !== 0) {
      const key = isMulticast(remote) ? "group" : "remote";
      printer.field(key, formatIpv4(remote), `${key} ${formatIpv4(remote)} `);
    }
    if (local !== undefined && local !== 0) {
      printer.field("local", formatIpv4(local), `local ${formatIpv4(local)} `);
    }
    if (link.data.lower !== undefined) {
      const name = context.deviceName(link.data.lower);
      printer.field("link", name, `dev ${name} `);
    }
    printer.plain("srcport 0 0 ");
    if (printer.json) {
      printer.open("port_range");
      printer.member("low", 0);
      printer.member("high", 0);
      printer.close();
    }
    printer.field("port", dstPort, `dstport ${dstPort} `);
    printer.member("learning", true);
    printer.field("ttl", 0, "ttl auto ");
    printer.member("df", "unset");
    printer.field("ageing", 300, "ageing 300 ");
    printer.field("udp_csum", true, "udpcsum ");
    printer.field("udp_zero_csum6_tx", false, "noudp6zerocsumtx ");
    printer.field("udp_zero_csum6_rx", false, "noudp6zerocsumrx ");
  },
};
