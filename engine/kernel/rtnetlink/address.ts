/** RTM_NEWADDR, RTM_DELADDR. Linux net/ipv4/devinet.c. */
import { broadcastOf, networkOf } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import { remainingLifetime, setLifetime } from "../ip/address-lifetime.ts";
import { changeMetric } from "../ip/fib-frontend.ts";
import { SCOPE_HOST, type IfAddress } from "../ip/in-device.ts";
import type { NetNamespace } from "../netns.ts";
import type { AddressMessage, AddressScope, NewAddress } from "./messages.ts";
import { scopeName, scopeNumber } from "./scopes.ts";

/** IFNAMSIZ less the terminating zero. */
const MAX_LABEL = 15;

export function addressMessage(address: IfAddress): AddressMessage {
  return {
    ifindex: address.device.ifindex,
    address: address.address,
    prefixLength: address.prefixLength,
    ...(address.peer !== address.address ? { peer: address.peer } : {}),
    ...(address.broadcast !== undefined ? { broadcast: address.broadcast } : {}),
    scope: scopeName(address.scope) as AddressScope,
    label: address.label,
    secondary: address.secondary,
    noPrefixRoute: address.noPrefixRoute,
    ...(address.metric !== 0 ? { metric: address.metric } : {}),
    ...(address.deprecated ? { deprecated: true } : {}),
    ...remainingLifetime(address, address.device.netns.sim.nowNs),
  };
}

/** `replace`: change it if it is there; `change`: only change it. inet_rtm_newaddr() */
export function newAddress(
  netns: NetNamespace,
  request: NewAddress,
  options: { readonly replace?: boolean; readonly change?: boolean } = {},
): void {
  const { address, prefixLength } = request;
  if (prefixLength > 32) throw new KernelError("EINVAL", "ipv4: Invalid prefix length");
  const device = netns.deviceByName(request.device);
  if (!device) throw new KernelError("ENODEV", "ipv4: Device not found");
  const label = request.label ?? device.name;
  if (label.length > MAX_LABEL)
    throw new KernelError("ERANGE", "Attribute failed policy validation");
  const peer = request.peer ?? address;
  const lifetime = request.lifetime ?? { validS: Infinity, preferredS: Infinity };
  const present = device.ipv4.addresses.find(
    (one) =>
      one.address === address &&
      one.prefixLength === prefixLength &&
      networkOf(one.peer, prefixLength) === networkOf(peer, prefixLength),
  );
  if (present) {
    if (!options.replace && !options.change) {
      throw new KernelError("EEXIST", "ipv4: Address already assigned");
    }
    present.noPrefixRoute = request.noPrefixRoute ?? present.noPrefixRoute;
    if (request.metric !== undefined && request.metric !== present.metric) {
      changeMetric(netns, present, request.metric);
    }
    setLifetime(netns, present, lifetime);
    netns.monitor.address(present, false);
    return;
  }
  if (options.change && !options.replace) throw new KernelError("ENOENT");
  const made: IfAddress = {
    device,
    address,
    prefixLength,
    peer,
    broadcast:
      request.broadcast === "computed" ? broadcastOf(peer, prefixLength) : request.broadcast,
    scope: request.scope ? scopeNumber(request.scope) : defaultScope(request),
    label,
    metric: request.metric ?? 0,
    noPrefixRoute: request.noPrefixRoute ?? false,
    secondary: false,
  };
  netns.addresses.insert(made);
  setLifetime(netns, made, lifetime);
}

/** iproute2 gives loopback addresses the scope of the host. */
function defaultScope({ address }: NewAddress): number {
  return address >>> 24 === 127 ? SCOPE_HOST : scopeNumber("global");
}

/** inet_rtm_deladdr(): what is given must match. */
export function delAddress(netns: NetNamespace, request: NewAddress): void {
  const device = netns.deviceByName(request.device);
  if (!device) throw new KernelError("ENODEV", "ipv4: Device not found");
  const found = device.ipv4.addresses.find((one) => {
    if (one.address !== request.address) return false;
    if (request.label !== undefined && one.label !== request.label) return false;
    if (request.peer !== undefined) {
      if (one.prefixLength !== request.prefixLength) return false;
      return networkOf(one.peer, one.prefixLength) === networkOf(request.peer, one.prefixLength);
    }
    return request.anyPrefix === true || one.prefixLength === request.prefixLength;
  });
  if (!found) throw new KernelError("EADDRNOTAVAIL", "ipv4: Address not found");
  netns.addresses.remove(found);
}
