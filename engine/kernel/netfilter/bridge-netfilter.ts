/** IPv4 frames that a bridge forwards pass the IP hooks. Linux net/bridge/br_netfilter_hooks.c. */
import type { Packet } from "../../net/packet.ts";
import type { Bridge } from "../device/bridge/bridge.ts";
import type { NetDevice } from "../device/net-device.ts";
import { isValid } from "../ip/neighbour.ts";
import { routeInput } from "../ip/route-input.ts";

/** bridge-nf-call-iptables, of the machine or of the bridge */
function isCalled(bridge: Bridge, packet: Packet): boolean {
  if (!packet.ip || packet.vlan) return false;
  if (bridge.settings.callIptables) return true;
  return bridge.netns.sysctl.number("bridge/bridge-nf-call-iptables") !== 0;
}

/** A frame came in by a port. False: the hook or the neighbour table took it. */
export function bridgePrerouting(bridge: Bridge, packet: Packet): boolean {
  const { netns } = bridge;
  const { prerouting } = netns.hooks;
  if (!prerouting || !packet.ip || !isCalled(bridge, packet)) return true;
  const { dst } = packet.ip;
  packet.physOif = 0;
  netns.tracer?.(packet, { kind: "hook", hook: "PREROUTING", input: bridge, output: undefined });
  const verdict = prerouting(packet, bridge, undefined);
  if (verdict !== "accept") {
    if (verdict === "drop")
      netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device: bridge });
    return false;
  }
  packet.preroutingDone = true;
  return packet.ip.dst === dst || redirect(bridge, packet);
}

/** The destination is another now: the frame must find it. br_nf_pre_routing_finish() */
function redirect(bridge: Bridge, packet: Packet): boolean {
  const { netns } = bridge;
  const { ip, ether } = packet;
  if (!ip || !ether) return true;
  const decision = routeInput(netns, bridge, ip.src, ip.dst, ip.tos, packet);
  if (decision.kind === "drop" || decision.kind === "error") {
    netns.tracer?.(packet, { kind: "drop", reason: decision.reason, device: bridge });
    return false;
  }
  if (decision.kind !== "forward" || decision.device !== bridge) {
    packet.ether = { ...ether, dst: bridge.address };
    return true;
  }
  const neighbour = netns.neighbours.findOrCreate(bridge, decision.gateway || ip.dst);
  if (!neighbour) return false;
  if (!isValid(neighbour.state)) {
    neighbour.output(packet);
    return false;
  }
  packet.ether = { ...ether, dst: neighbour.mac };
  return true;
}

/** From one port to another. False: a rule dropped it. */
export function bridgeForward(bridge: Bridge, port: NetDevice, packet: Packet): boolean {
  const { netns } = bridge;
  const { forward, postrouting } = netns.hooks;
  if ((!forward && !postrouting) || !isCalled(bridge, packet)) return true;
  packet.physOif = port.ifindex;
  netns.tracer?.(packet, { kind: "hook", hook: "FORWARD", input: bridge, output: bridge });
  const verdict = forward?.(packet, bridge, bridge) ?? "accept";
  const last =
    verdict === "accept" ? (postrouting?.(packet, undefined, bridge) ?? verdict) : verdict;
  if (last === "drop")
    netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device: bridge });
  return last === "accept";
}
