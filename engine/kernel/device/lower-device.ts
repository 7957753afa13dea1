/** What devices that stand on another one have in common. */
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { NewLink } from "../rtnetlink/messages.ts";
import type { NetDevice } from "./net-device.ts";

/** The device that `ip link add link DEV` names; ENODEV. */
export function lowerDevice(origin: NetNamespace, request: NewLink): NetDevice {
  const lower = request.link === undefined ? undefined : origin.deviceByName(request.link);
  if (!lower) throw new KernelError("ENODEV");
  return lower;
}

/** netif_stacked_transfer_operstate(): the upper device has a carrier if the lower one works. */
export function followCarrier(lower: NetDevice, upper: NetDevice): void {
  upper.setCarrier(lower.up && lower.carrier);
}
