/** The offloads of `ethtool -k`, as Linux 6.1 has them for each kind of device. */
import type { LinkKindData } from "../../kernel/rtnetlink/messages.ts";

/** In the order of the list; an indented one is part of the group above it. */
const NAMES = `rx-checksumming
tx-checksumming
\ttx-checksum-ipv4
\ttx-checksum-ip-generic
\ttx-checksum-ipv6
\ttx-checksum-fcoe-crc
\ttx-checksum-sctp
scatter-gather
\ttx-scatter-gather
\ttx-scatter-gather-fraglist
tcp-segmentation-offload
\ttx-tcp-segmentation
\ttx-tcp-ecn-segmentation
\ttx-tcp-mangleid-segmentation
\ttx-tcp6-segmentation
generic-segmentation-offload
generic-receive-offload
large-receive-offload
rx-vlan-offload
tx-vlan-offload
ntuple-filters
receive-hashing
highdma
rx-vlan-filter
vlan-challenged
tx-lockless
netns-local
tx-gso-robust
tx-fcoe-segmentation
tx-gre-segmentation
tx-gre-csum-segmentation
tx-ipxip4-segmentation
tx-ipxip6-segmentation
tx-udp_tnl-segmentation
tx-udp_tnl-csum-segmentation
tx-gso-partial
tx-tunnel-remcsum-segmentation
tx-sctp-segmentation
tx-esp-segmentation
tx-udp-segmentation
tx-gso-list
fcoe-mtu
tx-nocache-copy
loopback
rx-fcs
rx-all
tx-vlan-stag-hw-insert
rx-vlan-stag-hw-parse
rx-vlan-stag-filter
l2-fwd-offload
hw-tc-offload
esp-hw-offload
esp-tx-csum-hw-offload
rx-udp_tunnel-port-offload
tls-hw-tx-offload
tls-hw-rx-offload
rx-gro-hw
tls-hw-record
rx-gro-list
macsec-hw-offload
rx-udp-gro-forwarding
hsr-tag-ins-offload
hsr-tag-rm-offload
hsr-fwd-offload
hsr-dup-offload`.split("\n");

const STATES: Readonly<Record<string, string>> = {
  "1": "on",
  "0": "off",
  I: "on [fixed]",
  O: "off [fixed]",
  r: "off [requested on]",
};

const VETH = "11O1OO11111111110O11OO1OOIOOO111111OO1O11O0OOO11OOOOOOOOOO0O0OOOO";

/** One letter of `STATES` for each name. */
const BY_KIND: Readonly<Record<LinkKindData["kind"], string>> = {
  loopback: "I1OIOOI1II1111111OOOOOIOIIIOOOOOOOOOO1O11OOIOOOOOOOOOOOOOO0O0OOOO",
  nic: VETH,
  veth: VETH,
  bridge: "O1O1OOO1111111111OO1OO1OOIIrr111111111111O0OOO1OOOOOOOOOOO0O0OOOO",
  vxlan: "11O1OOO1111111111OOOOOOOOIOOOOOOOOOOO1O11O0OOOOOOOOOOOOOOO0O0OOOO",
  vlan: "O1O1Or11111111111OOOOO1OOIOOr111111OO1O11r0OOOOOOOOOOOOOOO0O0OOOO",
  macvlan: "I1OIOOO1II1IIII1r0OOOOIOOIOIOIIIIIIOOIOIIO0OOOOOOOOOOOOOOO0O0OOOO",
  dummy: "O1O1OOO1111111111OOOOO1OOIOOO111111OO1O11O0OOOOOOOOOOOOOOO0O0OOOO",
  ipip: "O1O1OOO1111111111OOOOO1OOIOOOOOOOOOOO1O11O0OOOOOOOOOOOOOOO0O0OOOO",
};

export function featureLines(kind: LinkKindData["kind"]): string {
  const letters = BY_KIND[kind];
  return NAMES.map((name, at) => `${name}: ${STATES[letters[at] ?? "O"]}\n`).join("");
}
