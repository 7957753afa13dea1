/** The kinds of devices that `ip link add` makes. A kind is one file and one line here. */
import type { Mac } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import type { NewLink } from "../rtnetlink/messages.ts";
import { bridgeKind } from "./bridge/bridge.ts";
import { dummyKind } from "./dummy.ts";
import { ipipKind } from "./ipip.ts";
import { macvlanKind } from "./macvlan.ts";
import type { NetDevice } from "./net-device.ts";
import { vethKind } from "./veth.ts";
import { vlanKind } from "./vlan.ts";
import { vxlanKind } from "./vxlan.ts";

export interface DeviceKind {
  /** As after `type`. */
  readonly name: string;
  /** What the kernel numbers when the user gives no name. */
  readonly defaultPrefix: string;
  /**
   * Makes and registers the device in `netns`; its name and address are chosen. `origin`: the
   * namespace of whoever asks, where lower devices are looked up.
   */
  create(context: {
    readonly netns: NetNamespace;
    readonly origin: NetNamespace;
    readonly name: string;
    readonly address: Mac;
    readonly request: NewLink;
  }): NetDevice;
}

const KINDS: readonly DeviceKind[] = [
  bridgeKind,
  dummyKind,
  ipipKind,
  macvlanKind,
  vethKind,
  vlanKind,
  vxlanKind,
];

export function findKind(name: string): DeviceKind | undefined {
  return KINDS.find((kind) => kind.name === name);
}
