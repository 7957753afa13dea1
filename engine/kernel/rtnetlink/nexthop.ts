/** RTM_NEWNEXTHOP, RTM_DELNEXTHOP, RTM_GETNEXTHOP. Linux net/ipv4/nexthop.c. */
import { KernelError } from "../errno.ts";
import { SCOPE_UNIVERSE } from "../ip/in-device.ts";
import type { NetNamespace } from "../netns.ts";
import type { NewNextHopObjectMessage, NextHopObjectMessage } from "./messages.ts";
import { toHopSpec } from "./route.ts";
import { scopeName } from "./scopes.ts";

export function nextHopObjects(netns: NetNamespace): readonly NextHopObjectMessage[] {
  return netns.nextHops.list().map((object) => {
    const { id, protocol } = object;
    if ("group" in object) {
      const scope = scopeName(SCOPE_UNIVERSE);
      return {
        id,
        protocol,
        ifindex: 0,
        scope,
        onlink: false,
        linkDown: false,
        group: object.group,
      };
    }
    const { gateway, oif, scope, onlink, device } = object.hop;
    return {
      id,
      protocol,
      ...(gateway === 0 ? {} : { gateway }),
      ifindex: oif,
      scope: scopeName(scope),
      onlink,
      linkDown: device?.carrier === false,
    };
  });
}

export function newNextHopObject(
  netns: NetNamespace,
  request: NewNextHopObjectMessage,
  mode: "add" | "replace",
): void {
  const { id, group, protocol = "unspec" } = request;
  if (!group && request.device === undefined) {
    const text = "Device attribute required for non-blackhole and non-fdb nexthops";
    throw new KernelError("EINVAL", text);
  }
  const what = group ? { group } : { hop: toHopSpec(netns, request) };
  netns.nextHops.add({ id: id || undefined, protocol, what }, mode === "replace");
}
