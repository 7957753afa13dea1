/** A virtual device, written in one way. */
import { formatMac, type Mac } from "../../net/address.ts";
import { canonicalDevice } from "./canonical-device.ts";
import { formatReference, resolveReference } from "./device-reference.ts";
import { compact, unless } from "./leave-out.ts";
import { DEFAULT_MTU, SWITCH_BRIDGE } from "./naming.ts";
import type { LinkFile } from "./schema.ts";

const DEFAULT_VXLAN_PORT = 8472;

/** `bridgeMac`: the one that br0 has when nothing else is said; undefined: not in a switch. */
export function canonicalLink(
  link: LinkFile,
  namespace: string | undefined,
  bridgeMac: Mac | undefined,
): LinkFile {
  const refer = (text: string): string =>
    formatReference(resolveReference(text, namespace), namespace);
  const head = { name: link.name, kind: link.kind };
  const device = canonicalDevice(link, undefined, link.kind);
  switch (link.kind) {
    case "dummy":
      return compact<LinkFile>({ ...head, kind: link.kind, ...device });
    case "veth":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        peer: refer(link.peer),
        ...device,
        mtu: unless(link.mtu, DEFAULT_MTU),
      });
    case "bridge":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        ...device,
        mac:
          bridgeMac !== undefined && link.name === SWITCH_BRIDGE
            ? unless(device.mac, formatMac(bridgeMac))
            : device.mac,
        ageingSeconds: unless(link.ageingSeconds, 300),
        forwardDelaySeconds: unless(link.forwardDelaySeconds, 15),
        helloSeconds: unless(link.helloSeconds, 2),
        maxAgeSeconds: unless(link.maxAgeSeconds, 20),
        stp: unless(link.stp, false),
        priority: unless(link.priority, 0x8000),
        vlanFiltering: unless(link.vlanFiltering, false),
        defaultPvid: unless(link.defaultPvid, 1),
        vlanStatistics: unless(link.vlanStatistics, false),
        vlans: link.vlans,
        groupForwardMask: unless(link.groupForwardMask, 0),
        multicastSnooping: unless(link.multicastSnooping, true),
        multicastRouter: unless(link.multicastRouter, 1),
        callIptables: unless(link.callIptables, false),
      });
    case "vlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        link: refer(link.link),
        id: link.id,
        ...device,
      });
    case "macvlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        link: refer(link.link),
        mode: unless(link.mode, "vepa"),
        ...device,
      });
    case "vxlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        vni: link.vni,
        remote: link.remote,
        local: link.local,
        dstPort: unless(link.dstPort, DEFAULT_VXLAN_PORT),
        sourcePorts:
          link.sourcePorts?.[0] === 0 && link.sourcePorts[1] === 0 ? undefined : link.sourcePorts,
        learning: unless(link.learning, true),
        ttl: unless(link.ttl, 0),
        tos: unless(link.tos, 0),
        ageingSeconds: unless(link.ageingSeconds, 300),
        maxAddresses: unless(link.maxAddresses, 0),
        link: link.link === undefined ? undefined : refer(link.link),
        ...device,
      });
    case "ipip":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        local: unless(link.local, "0.0.0.0"),
        remote: unless(link.remote, "0.0.0.0"),
        link: link.link === undefined ? undefined : refer(link.link),
        ...device,
      });
  }
}
