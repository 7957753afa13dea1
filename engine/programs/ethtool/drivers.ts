/** Who drives a device: `ethtool -i`. */
import type { LinkKindData } from "../../kernel/rtnetlink/messages.ts";

interface Driver {
  readonly name: string;
  /** Undefined: the kernel's release. */
  readonly version: string | undefined;
  readonly firmware: string;
  readonly bus: string;
  /** Whether it has counters of its own, `-S`. */
  readonly statistics: boolean;
}

const plain = (name: string, version?: string): Driver => ({
  name,
  version,
  firmware: "",
  bus: "",
  statistics: false,
});

/** Our cables are what veth pairs are to Linux. */
const VETH: Driver = { ...plain("veth", "1.0"), statistics: true };

const DRIVERS: Readonly<Record<LinkKindData["kind"], Driver | undefined>> = {
  loopback: undefined,
  nic: VETH,
  veth: VETH,
  bridge: { ...plain("bridge", "2.3"), firmware: "N/A", bus: "N/A" },
  vlan: { ...plain("802.1Q VLAN Support", "1.8"), firmware: "N/A" },
  vxlan: plain("vxlan", "0.1"),
  macvlan: plain("macvlan", "0.1"),
  dummy: plain("dummy"),
  ipip: plain("ipip"),
};

/** Undefined: the device tells of no driver. */
export function driverText(kind: LinkKindData["kind"], release: string): string | undefined {
  const driver = DRIVERS[kind];
  if (!driver) return undefined;
  return (
    `driver: ${driver.name}\n` +
    `version: ${driver.version ?? release}\n` +
    `firmware-version: ${driver.firmware}\n` +
    "expansion-rom-version: \n" +
    `bus-info: ${driver.bus}\n` +
    `supports-statistics: ${driver.statistics ? "yes" : "no"}\n` +
    "supports-test: no\n" +
    "supports-eeprom-access: no\n" +
    "supports-register-dump: no\n" +
    "supports-priv-flags: no\n"
  );
}
