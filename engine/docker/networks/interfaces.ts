/** What both drivers with addresses do to a container's interface. */
import { formatMac, type Mac } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import { ApiError } from "../api/errors.ts";
import type { Joining } from "./driver.ts";

/** Names, addresses and switches on an interface that has been moved into a sandbox. */
export function configureInterface(joining: Joining, from: string, mtu = 0): void {
  const { network, sandbox, device, mac, address, sysctls } = joining;
  const { rtnetlink } = sandbox.namespace;
  rtnetlink.setLink(from, { name: device });
  if (mac !== undefined) setMac(rtnetlink, device, from, mac);
  if (mtu > 0) rtnetlink.setLink(device, { mtu });
  const block = address === undefined ? undefined : network.blockOf(address);
  if (address !== undefined && block) {
    rtnetlink.newAddress({
      device,
      address,
      prefixLength: block.pool.subnet.length,
      broadcast: "computed",
    });
  }
  for (const [name, value] of Object.entries(sysctls)) {
    sandbox.namespace.sysctlTree.write(name.replaceAll(".", "/").replace("IFNAME", device), value);
  }
  rtnetlink.setLink(device, { up: true });
}

function setMac(rtnetlink: Rtnetlink, device: string, from: string, mac: Mac): void {
  try {
    rtnetlink.setLink(device, { address: mac });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const why = strerror(error.errno).toLowerCase();
    throw new ApiError(
      500,
      `failed to add interface ${from} to sandbox: error setting interface "${from}" MAC to "${formatMac(mac)}": ${why}`,
    );
  }
}

/** ENODEV does not matter: whoever was inside may have deleted it. */
export function deleteLink(rtnetlink: Rtnetlink, device: string): void {
  try {
    rtnetlink.delLink(device);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
