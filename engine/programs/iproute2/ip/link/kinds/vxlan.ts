import type { VxlanSettings } from "../../../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, isMulticast } from "../../../../../net/address.ts";
import {
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../../support/args.ts";
import { parseAddress } from "../../../support/address.ts";
import { parseTos } from "../../../support/names.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const DEFAULTS = ["noproxy", "norsc", "nol2miss", "nol3miss", "udpcsum", "noexternal"];
const UNMODELLED = [
  "df",
  "flowlabel",
  "label",
  "proxy",
  "rsc",
  "l2miss",
  "l3miss",
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
    let dstPort: number | undefined;
    let link: string | undefined;
    let group: string | undefined;
    let sourcePorts: { low: number; high: number } | undefined;
    let settings: Partial<VxlanSettings> = {};
    while (!args.done) {
      const word = args.take();
      if (matches(word, "id", "vni")) {
        const text = args.value();
        vni = parseUnsigned(text, 0xffffff);
        if (vni === undefined) throw invalidArgument("invalid id", text);
      } else if (matches(word, "group", "remote")) {
        const text = args.value();
        const remote = parseAddress("ip", text, context.options.family);
        const wantsGroup = matches(word, "group");
        if (isMulticast(remote) !== wantsGroup) {
          throw invalidArgument(`invalid ${wantsGroup ? "group" : "remote"} address`, text);
        }
        if (wantsGroup) group = text;
        settings = { ...settings, remote };
      } else if (matches(word, "local")) {
        const text = args.value();
        const local = parseAddress("ip", text, context.options.family);
        if (isMulticast(local)) throw invalidArgument("invalid local address", text);
        settings = { ...settings, local };
      } else if (matches(word, "dev")) {
        const name = args.value();
        if (!context.kernel.link(name)) throw new Exit(255, `Cannot find device "${name}"\n`);
        link = name;
      } else if (word === "ttl" || word === "hoplimit") {
        settings = { ...settings, ttl: parseTtl(args.value()) };
      } else if (word === "tos" || word === "dsfield") {
        const text = args.value();
        const tos = text === "inherit" ? text : parseTos(text);
        if (tos === undefined) throw invalidArgument("bad TOS value", text);
        settings = { ...settings, tos };
      } else if (word === "ageing") {
        const text = args.value();
        const ageingS = text === "none" ? 0 : parseUnsigned(text);
        if (ageingS === undefined) throw invalidArgument("ageing timer", text);
        settings = { ...settings, ageingS };
      } else if (matches(word, "maxaddress")) {
        const text = args.value();
        const maxAddresses = text === "unlimited" ? 0 : parseUnsigned(text);
        if (maxAddresses === undefined) throw invalidArgument("max addresses", text);
        settings = { ...settings, maxAddresses };
      } else if (matches(word, "port", "srcport")) {
        sourcePorts = parsePorts(args.value(), args.value());
      } else if (matches(word, "dstport")) {
        const text = args.value();
        dstPort = parseUnsigned(text, 65535);
        if (dstPort === undefined) throw invalidArgument("dst port", text);
      } else if (matches(word, "nolearning")) settings = { ...settings, learning: false };
      else if (matches(word, "learning")) settings = { ...settings, learning: true };
      else if (DEFAULTS.includes(word)) continue;
      else if (matches(word, ...UNMODELLED)) {
        throw notModelled("ip", `the vxlan option '${word}'`);
      } else throw unknownWord(vxlan, word);
    }
    if (group !== undefined && link === undefined) {
      throw new Exit(1, "vxlan: 'group' requires 'dev' to be specified\n");
    }
    return {
      ...(link !== undefined && { link }),
      vxlan: {
        ...(vni !== undefined && { vni }),
        ...(dstPort !== undefined && { dstPort: dstPort || LINUX_DEFAULT_PORT }),
        ...(sourcePorts && { sourcePorts }),
        ...settings,
      },
    };
  },
  checkNew(context, { vxlan: wanted }) {
    if (wanted?.vni === undefined) {
      throw new Exit(1, "vxlan: missing virtual network identifier\n");
    }
    if (wanted.dstPort !== undefined) return;
    context.warn(
      "vxlan: destination port not specified\n" +
        "Will use Linux kernel default (non-standard value)\n" +
        "Use 'dstport 4789' to get the IANA assigned value\n" +
        "Use 'dstport 0' to get default and quiet this message\n",
    );
  },
  describe(context, printer, link) {
    if (link.data.kind !== "vxlan") return;
    const { data } = link;
    const { vni, remote, local, dstPort, sourcePorts, learning, ttl, tos } = data;
    printer.field("id", vni, `id ${vni} `);
    if (remote !== undefined && remote !== 0) {
      const key = isMulticast(remote) ? "group" : "remote";
      printer.field(key, formatIpv4(remote), `${key} ${formatIpv4(remote)} `);
    }
    if (local !== undefined && local !== 0) {
      printer.field("local", formatIpv4(local), `local ${formatIpv4(local)} `);
    }
    if (data.lower !== undefined) {
      const name = context.deviceName(data.lower);
      printer.field("link", name, `dev ${name} `);
    }
    printer.plain(`srcport ${sourcePorts.low} ${sourcePorts.high} `);
    if (printer.json) {
      printer.open("port_range");
      printer.member("low", sourcePorts.low);
      printer.member("high", sourcePorts.high);
      printer.close();
    }
    printer.field("port", dstPort, `dstport ${dstPort} `);
    printer.field("learning", learning, learning ? "" : "nolearning ");
    if (tos !== 0) {
      const text = tos === "inherit" ? "0x1" : `0x${tos.toString(16)}`;
      printer.field("tos", text, `tos ${tos === "inherit" ? tos : text} `);
    }
    if (ttl === "inherit") printer.plain("ttl inherit ");
    else printer.field("ttl", ttl, `ttl ${ttl || "auto"} `);
    printer.member("df", "unset");
    printer.field(
      "ageing",
      data.ageingS,
      data.ageingS ? `ageing ${data.ageingS} ` : "ageing none ",
    );
    if (data.maxAddresses > 0) {
      printer.field("limit", data.maxAddresses, `maxaddr ${data.maxAddresses} `);
    }
    printer.field("udp_csum", true, "udpcsum ");
    printer.field("udp_zero_csum6_tx", false, "noudp6zerocsumtx ");
    printer.field("udp_zero_csum6_rx", false, "noudp6zerocsumrx ");
  },
};

function parseTtl(text: string): VxlanSettings["ttl"] {
  if (text === "inherit") return text;
  if (text === "auto") return 0;
  const ttl = parseUnsigned(text);
  if (ttl === undefined) throw invalidArgument("invalid TTL", text);
  if (ttl > 255) throw invalidArgument("TTL must be <= 255", text);
  return ttl;
}

function parsePorts(lowText: string, highText: string): { low: number; high: number } {
  const low = parseUnsigned(lowText, 65535);
  if (low === undefined) throw invalidArgument("min port", lowText);
  const high = parseUnsigned(highText, 65535);
  if (high === undefined) throw invalidArgument("max port", highText);
  return { low, high };
}
