/** The settings that every device can have, written in one way. */
import { formatAddressText, parseAddressText } from "../text/address-text.ts";
import { respell } from "../text/respell.ts";
import { compact, emptyToUndefined, list, unless } from "./leave-out.ts";
import { canonicalMac, DEFAULT_MTU, SWITCH_BRIDGE, usualFlags } from "./naming.ts";
import type { InterfaceFile, LinkFile, PortFile } from "./schema.ts";

export function canonicalCard(
  card: InterfaceFile,
  usualMac: string,
  inSwitch: boolean,
): InterfaceFile {
  const usualMaster = inSwitch ? SWITCH_BRIDGE : null;
  const mac = card.mac === undefined ? undefined : canonicalMac(card.mac);
  return compact({
    name: card.name,
    ...canonicalDevice(card, DEFAULT_MTU),
    mac: unless(mac, usualMac),
    master: unless(card.master, usualMaster),
  });
}

/** In the order in which the keys are printed. */
export function canonicalDevice(
  device: InterfaceFile,
  usualMtu: number | undefined,
  kind?: LinkFile["kind"],
): Omit<InterfaceFile, "name"> {
  const usual = usualFlags(kind);
  return {
    mac: device.mac === undefined ? undefined : canonicalMac(device.mac),
    mtu: unless(device.mtu, usualMtu),
    up: unless(device.up, true),
    alias: unless(device.alias, ""),
    alternativeNames: list(device.alternativeNames),
    txQueueLength: unless(device.txQueueLength, 1000),
    group: unless(device.group, 0),
    arp: unless(device.arp, usual.arp),
    promiscuous: unless(device.promiscuous, false),
    multicast: unless(device.multicast, usual.multicast),
    allMulticast: unless(device.allMulticast, false),
    master: device.master ?? undefined,
    port: device.port && canonicalPort(device.port),
    addresses: list(
      device.addresses?.map((text) => respell(text, parseAddressText, formatAddressText)),
    ),
  };
}

function canonicalPort(port: PortFile): PortFile | undefined {
  return emptyToUndefined(
    compact({
      hairpin: unless(port.hairpin, false),
      guard: unless(port.guard, false),
      rootBlock: unless(port.rootBlock, false),
      fastLeave: unless(port.fastLeave, false),
      learning: unless(port.learning, true),
      flood: unless(port.flood, true),
      multicastFlood: unless(port.multicastFlood, true),
      broadcastFlood: unless(port.broadcastFlood, true),
      multicastRouter: unless(port.multicastRouter, 1),
      isolated: unless(port.isolated, false),
      locked: unless(port.locked, false),
      groupForwardMask: unless(port.groupForwardMask, 0),
      cost: port.cost,
      priority: unless(port.priority, 32),
      vlans: port.vlans,
    }),
  );
}
