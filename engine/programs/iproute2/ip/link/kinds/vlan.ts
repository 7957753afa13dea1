import { invalidArgument, matches, notModelled, parseUnsigned } from "../../../support/args.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const UNMODELLED = [
  "gvrp",
  "mvrp",
  "loose_binding",
  "bridge_binding",
  "ingress-qos-map",
  "egress-qos-map",
];

export const vlan: LinkKind = {
  name: "vlan",
  usage: `Usage: ... vlan id VLANID
		[ protocol VLANPROTO ]
		[ reorder_hdr { on | off } ]
		[ gvrp { on | off } ]
		[ mvrp { on | off } ]
		[ loose_binding { on | off } ]
		[ bridge_binding { on | off } ]
		[ ingress-qos-map QOS-MAP ]
		[ egress-qos-map QOS-MAP ]

VLANID := 0-4095
VLANPROTO: [ 802.1Q | 802.1ad ]
QOS-MAP := [ QOS-MAP ] QOS-MAPPING
QOS-MAPPING := FROM:TO
`,
  parse(_context, args) {
    let vlanId: number | undefined;
    while (!args.done) {
      const word = args.take();
      if (matches(word, "protocol")) {
        const protocol = args.value().toLowerCase();
        if (protocol === "802.1ad") throw notModelled("ip", "the VLAN protocol 802.1ad");
        if (protocol !== "802.1q") throw invalidArgument("protocol is invalid", protocol);
      } else if (matches(word, "id")) {
        const text = args.value();
        vlanId = parseUnsigned(text, 65535);
        if (vlanId === undefined) throw invalidArgument("id is invalid", text);
      } else if (matches(word, "reorder_hdr")) {
        if (args.value() !== "on") throw notModelled("ip", "reorder_hdr off");
      } else if (matches(word, ...UNMODELLED)) {
        throw notModelled("ip", `the vlan option '${word}'`);
      } else {
        throw unknownWord(vlan, word);
      }
    }
    return vlanId === undefined ? {} : { vlanId };
  },
  describe(_context, printer, link) {
    if (link.data.kind !== "vlan") return;
    printer.field("protocol", "802.1Q", "protocol 802.1Q ");
    printer.field("id", link.data.id, `id ${link.data.id} `);
    printer.plain("<REORDER_HDR> ");
    printer.member("flags", ["REORDER_HDR"]);
  },
};
