import type { NetDevice } from "../../kernel/device/net-device.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { MachineNetwork } from "../../machine/network.ts";

/** The devices of a namespace in the order of their indexes. */
export function devicesOf(network: Network): readonly NetDevice[] {
  return (network as MachineNetwork).devices();
}
