/** The device kinds of `ip link add … type KIND`, one line each. */
import { bridge } from "./bridge.ts";
import { bridgeSlave } from "./bridge-slave.ts";
import { dummy } from "./dummy.ts";
import { ipip } from "./ipip.ts";
import type { LinkKind } from "./kind.ts";
import { macvlan } from "./macvlan.ts";
import { veth } from "./veth.ts";
import { vlan } from "./vlan.ts";
import { vxlan } from "./vxlan.ts";

export const LINK_KINDS: readonly LinkKind[] = [
  bridge,
  bridgeSlave,
  dummy,
  ipip,
  macvlan,
  veth,
  vlan,
  vxlan,
];

/** Kinds of the real program that the kernel model lacks. */
export const UNMODELLED_KINDS = [
  "amt",
  "bareudp",
  "bond",
  "bond_slave",
  "dsa",
  "erspan",
  "geneve",
  "gre",
  "gretap",
  "gtp",
  "ifb",
  "ip6erspan",
  "ip6gre",
  "ip6gretap",
  "ip6tnl",
  "ipoib",
  "ipvlan",
  "ipvtap",
  "macsec",
  "macvtap",
  "netdevsim",
  "nlmon",
  "rmnet",
  "sit",
  "team",
  "team_slave",
  "vcan",
  "virt_wifi",
  "vrf",
  "vti",
  "vxcan",
  "wireguard",
  "wwan",
  "xfrm",
];

export function findKind(name: string): LinkKind | undefined {
  return LINK_KINDS.find((kind) => kind.name === name);
}
