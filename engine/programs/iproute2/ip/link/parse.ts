/** The words that `ip link add`, `ip link set` and a veth's `peer` share. */
import type { Mac } from "../../../../net/address.ts";
import { MAC_BROADCAST } from "../../../../net/address.ts";
import type { NewLink } from "../../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  deviceName,
  duplicate,
  Exit,
  garbage,
  invalidArgument,
  matches,
  notModelled,
  onOff,
  parseUnsigned,
  strictOnOff,
} from "../../support/args.ts";
import { parseLinkAddress } from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseGroup } from "../../support/names.ts";

const UNMODELLED = [
  "vf",
  "xdp",
  "xdpgeneric",
  "xdpdrv",
  "xdpoffload",
  "mode",
  "state",
  "link-netns",
  "link-netnsid",
  "protodown_reason",
  "gso_max_size",
  "gso_max_segs",
  "gro_max_size",
  "parentdev",
];

export interface LinkWords {
  /** The device that a bare word or `dev` names. */
  dev?: string;
  /** `name NEWNAME`, or the device to make. */
  name?: string;
  ifindex?: number;
  up?: boolean;
  link?: string;
  address?: { readonly mac: Mac; readonly bytes: number };
  txQueueLength?: number;
  mtu?: number;
  netns?: string | number;
  multicast?: boolean;
  allMulticast?: boolean;
  promiscuous?: boolean;
  noArp?: boolean;
  dynamic?: boolean;
  carrier?: boolean;
  protoDown?: boolean;
  txQueues?: number;
  rxQueues?: number;
  master?: string | null;
  alias?: string;
  group?: number;
  /** The kind; the words after it are left in `args`. */
  type?: string;
}

/** `NAME` of /run/netns, a path, or a process. */
function parseNetns(context: Context, word: string): string | number {
  const path = word.includes("/") ? word : `/run/netns/${word}`;
  if (context.sys.access(path, {})) return path;
  const pid = parseUnsigned(word, 0x7fffffff);
  if (pid === undefined) throw invalidArgument('Invalid "netns" value\n', word);
  return pid;
}

export function parseLinkWords(context: Context, args: Args): LinkWords {
  const words: LinkWords = {};
  const number = (keyword: string, value: string, max = 0xffffffff): number => {
    const parsed = parseUnsigned(value, max);
    if (parsed === undefined) throw invalidArgument(`Invalid "${keyword}" value\n`, value);
    return parsed;
  };
  while (!args.done) {
    const word = args.take();
    if (word === "up" || word === "down") words.up = word === "up";
    else if (word === "name") words.name = deviceName("name", args.value());
    else if (word === "index") {
      const value = args.value();
      if (words.ifindex !== undefined) throw duplicate("index", value);
      words.ifindex = parseUnsigned(value, 0x7fffffff);
      if (!words.ifindex) throw invalidArgument('Invalid "index" value', value);
    } else if (matches(word, "link")) words.link = args.value();
    else if (matches(word, "address")) words.address = parseLinkAddress(args.value());
    else if (matches(word, "broadcast") || word === "brd") {
      if (parseLinkAddress(args.value()).mac !== MAC_BROADCAST) {
        throw notModelled("ip", "a broadcast address other than ff:ff:ff:ff:ff:ff");
      }
    } else if (matches(word, "txqueuelen", "txqlen") || word === "qlen") {
      const value = args.value();
      if (words.txQueueLength !== undefined) throw duplicate("txqueuelen", value);
      words.txQueueLength = number("txqueuelen", value);
    } else if (word === "mtu") {
      const value = args.value();
      if (words.mtu !== undefined) throw duplicate("mtu", value);
      words.mtu = number("mtu", value);
    } else if (word === "netns") {
      const value = args.value();
      if (words.netns !== undefined) throw duplicate("netns", value);
      words.netns = parseNetns(context, value);
    } else if (word === "multicast") words.multicast = onOff(word, args.value());
    else if (word === "allmulticast") words.allMulticast = onOff(word, args.value());
    else if (word === "promisc") words.promiscuous = onOff(word, args.value());
    else if (word === "arp") words.noArp = !onOff(word, args.value());
    else if (word === "trailers") onOff(word, args.value());
    else if (word === "protodown") words.protoDown = strictOnOff(word, args.value(), 22);
    else if (word === "carrier") {
      words.carrier = strictOnOff(word, args.value(), 22);
    } else if (matches(word, "master")) {
      const value = args.value();
      if (!context.kernel.link(value)) throw invalidArgument("Device does not exist\n", value);
      words.master = value;
    } else if (word === "vrf") throw invalidArgument("Not a valid VRF name\n", args.value());
    else if (matches(word, "nomaster")) words.master = null;
    else if (matches(word, "dynamic")) {
      words.dynamic = onOff("dynamic", args.value());
    } else if (matches(word, "type")) {
      words.type = args.value();
      break;
    } else if (matches(word, "alias")) words.alias = args.value();
    else if (word === "group") {
      const value = args.value();
      if (words.group !== undefined) throw duplicate("group", value);
      words.group = parseGroup(value);
      if (words.group === undefined) throw invalidArgument('Invalid "group" value\n', value);
    } else if (matches(word, "numtxqueues")) words.txQueues = number("numtxqueues", args.value());
    else if (matches(word, "numrxqueues")) words.rxQueues = number("numrxqueues", args.value());
    else if (matches(word, "addrgenmode")) {
      const value = args.value();
      if (!["none", "eui64", "stable_secret", "random"].includes(value)) {
        throw invalidArgument("Invalid address generation mode\n", value);
      }
      if (value !== "eui64") throw notModelled("ip", `the address generation mode '${value}'`);
    } else if (UNMODELLED.includes(word)) throw notModelled("ip", `the link option '${word}'`);
    else if (matches(word, "help")) throw new Exit(255, LINK_USAGE);
    else {
      const device = word === "dev" ? args.value() : word;
      if (words.dev !== undefined) throw garbage("dev", device);
      words.dev = deviceName("dev", device);
    }
  }
  return words;
}

/** The common part of a request to make a device. */
export function toNewLink(words: LinkWords): Omit<NewLink, "kind" | "peer"> {
  if (words.address && words.address.bytes !== 6) {
    throw new Exit(2, "RTNETLINK answers: Invalid argument\n");
  }
  const name = words.name ?? words.dev;
  return {
    ...(name !== undefined && { name }),
    ...(words.ifindex !== undefined && { ifindex: words.ifindex }),
    ...(words.address && { address: words.address.mac }),
    ...(words.mtu !== undefined && { mtu: words.mtu }),
    ...(words.txQueueLength !== undefined && { txQueueLength: words.txQueueLength }),
    ...(words.txQueues !== undefined && { txQueues: words.txQueues }),
    ...(words.rxQueues !== undefined && { rxQueues: words.rxQueues }),
    ...(words.up !== undefined && { up: words.up }),
    ...(typeof words.master === "string" && { master: words.master }),
    ...(words.link !== undefined && { link: words.link }),
    ...(words.netns !== undefined && { netns: words.netns }),
  };
}

export const KIND_LIST = `TYPE := { amt | bareudp | bond | bond_slave | bridge | bridge_slave |
          dsa | dummy | erspan | geneve | gre | gretap | gtp | ifb |
          ip6erspan | ip6gre | ip6gretap | ip6tnl |
          ipip | ipoib | ipvlan | ipvtap |
          macsec | macvlan | macvtap |
          netdevsim | nlmon | rmnet | sit | team | team_slave |
          vcan | veth | vlan | vrf | vti | vxcan | vxlan | wwan |
          xfrm | virt_wifi }
`;

export const LINK_USAGE = `Usage: ip link add [link DEV | parentdev NAME] [ name ] NAME
		    [ txqueuelen PACKETS ]
		    [ address LLADDR ]
		    [ broadcast LLADDR ]
		    [ mtu MTU ] [index IDX ]
		    [ numtxqueues QUEUE_COUNT ]
		    [ numrxqueues QUEUE_COUNT ]
		    [ netns { PID | NAME } ]
		    type TYPE [ ARGS ]

	ip link delete { DEVICE | dev DEVICE | group DEVGROUP } type TYPE [ ARGS ]

	ip link set { DEVICE | dev DEVICE | group DEVGROUP }
			[ { up | down } ]
			[ type TYPE ARGS ]
		[ arp { on | off } ]
		[ dynamic { on | off } ]
		[ multicast { on | off } ]
		[ allmulticast { on | off } ]
		[ promisc { on | off } ]
		[ trailers { on | off } ]
		[ carrier { on | off } ]
		[ txqueuelen PACKETS ]
		[ name NEWNAME ]
		[ address LLADDR ]
		[ broadcast LLADDR ]
		[ mtu MTU ]
		[ netns { PID | NAME } ]
		[ link-netns NAME | link-netnsid ID ]
		[ alias NAME ]
		[ vf NUM [ mac LLADDR ]
			 [ vlan VLANID [ qos VLAN-QOS ] [ proto VLAN-PROTO ] ]
			 [ rate TXRATE ]
			 [ max_tx_rate TXRATE ]
			 [ min_tx_rate TXRATE ]
			 [ spoofchk { on | off} ]
			 [ query_rss { on | off} ]
			 [ state { auto | enable | disable} ]
			 [ trust { on | off} ]
			 [ node_guid EUI64 ]
			 [ port_guid EUI64 ] ]
		[ { xdp | xdpgeneric | xdpdrv | xdpoffload } { off |
			  object FILE [ { section | program } NAME ] [ verbose ] |
			  pinned FILE } ]
		[ master DEVICE ][ vrf NAME ]
		[ nomaster ]
		[ addrgenmode { eui64 | none | stable_secret | random } ]
		[ protodown { on | off } ]
		[ protodown_reason PREASON { on | off } ]
		[ gso_max_size BYTES ] | [ gso_max_segs PACKETS ]
		[ gro_max_size BYTES ]

	ip link show [ DEVICE | group GROUP ] [up] [master DEV] [vrf NAME] [type TYPE]
		[nomaster]

	ip link xstats type TYPE [ ARGS ]

	ip link afstats [ dev DEVICE ]
	ip link property add dev DEVICE [ altname NAME .. ]
	ip link property del dev DEVICE [ altname NAME .. ]

	ip link help [ TYPE ]

${KIND_LIST}`;
