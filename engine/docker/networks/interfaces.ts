/** What both drivers with addresses do to a container's interface. */
import { KernelError } from "../../kernel/errno.ts";
import type { Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import type { Joining } from "./driver.ts";

/** Names, addresses and switches on an interface that has been moved into a sandbox. */
export function configureInterface(joining: Joining, from: string): void {
  const { network, sandbox, device, mac, address } = joining;
  const { rtnetlink } = sandbox.namespace;
  rtnetlink.setLink(from, { name: device, ...(mac === undefined ? {} : { address: mac }) });
  if (network.mtu !== 1500) rtnetlink.setLink(device, { mtu: network.mtu });
  if (address !== undefined && network.pool) {
    rtnetlink.newAddress({
      device,
      address,
      prefixLength: network.pool.subnet.length,
      broadcast: "computed",
    });
  }
  rtnetlink.setLink(device, { up: true });
}

/** ENODEV does not matter: whoever was inside may have deleted it. */
export function deleteLink(rtnetlink: Rtnetlink, device: string): void {
  try {
    rtnetlink.delLink(device);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
