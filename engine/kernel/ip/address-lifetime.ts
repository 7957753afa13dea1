/** Addresses that age. Linux check_lifetime() and set_ifa_lifetime() in net/ipv4/devinet.c. */
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { NetNamespace } from "../netns.ts";
import type { AddressMessage } from "../rtnetlink/messages.ts";
import type { IfAddress } from "./in-device.ts";

/** Seconds; `Infinity` is for ever. */
interface Lifetimes {
  readonly validS: number;
  readonly preferredS: number;
}

/** Starts an address's life anew. One that is valid for ever may be deprecated from the start. */
export function setLifetime(netns: NetNamespace, address: IfAddress, lifetimes: Lifetimes): void {
  const { validS, preferredS } = lifetimes;
  address.deprecated = preferredS === 0;
  address.lifetime =
    validS === Infinity ? undefined : { validS, preferredS, sinceNs: netns.sim.nowNs };
  awaitNextChange(netns, address);
}

function awaitNextChange(netns: NetNamespace, address: IfAddress): void {
  const { lifetime } = address;
  if (!lifetime) return;
  const untilS = address.deprecated
    ? lifetime.validS
    : Math.min(lifetime.preferredS, lifetime.validS);
  netns.sim.scheduleAt(lifetime.sinceNs + untilS * SECOND, () => {
    // It was given another life, or is gone.
    if (address.lifetime !== lifetime || !address.device.ipv4.addresses.includes(address)) return;
    if (netns.sim.nowNs - lifetime.sinceNs >= lifetime.validS * SECOND) {
      address.device.netns.addresses.remove(address);
      return;
    }
    address.deprecated = true;
    address.device.netns.monitor.address(address, false);
    awaitNextChange(netns, address);
  });
}

/** What is left, in whole seconds. */
export function remainingLifetime(
  { lifetime }: IfAddress,
  nowNs: Ns,
): Pick<AddressMessage, "lifetime"> {
  if (!lifetime) return {};
  const ageS = Math.floor((nowNs - lifetime.sinceNs) / SECOND);
  const left = (seconds: number): number => Math.max(0, seconds - ageS);
  return { lifetime: { validS: left(lifetime.validS), preferredS: left(lifetime.preferredS) } };
}
