/** What devices that stand on another one have in common. */
import type { Mac } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { NewLink } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";

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

/** An Ethernet device on another one: it comes up only if that is up, and has its carrier. */
export abstract class StackedDevice extends NetDevice {
  constructor(
    name: string,
    address: Mac,
    readonly lower: NetDevice,
  ) {
    super(name, address, false);
    this.mtu = lower.mtu;
  }

  override linkedDevice(): NetDevice {
    return this.lower;
  }

  override get hasKnownSpeed(): boolean {
    return this.lower.hasKnownSpeed;
  }

  protected override opened(): void {
    if (!this.lower.up) throw new KernelError("ENETDOWN");
    followCarrier(this.lower, this);
  }

  protected override closed(): void {
    this.setCarrier(false);
  }
}
