/** What a rule may look at: the packet, where it is and what goes with it. Linux xt_action_param. */
import type { Ipv4Header, Packet } from "../../../net/packet.ts";
import type { NetDevice } from "../../device/net-device.ts";
import type { NetNamespace } from "../../netns.ts";
import type { Track } from "../conntrack/entry.ts";
import type { HookName, TableName } from "./rule.ts";

export class HookContext {
  packet!: Packet;
  input: NetDevice | undefined;
  output: NetDevice | undefined;
  hook: HookName = "PREROUTING";
  table: TableName = "filter";

  constructor(readonly netns: NetNamespace) {}

  get ip(): Ipv4Header {
    return this.packet.ip as Ipv4Header;
  }

  /** Undefined: invalid, or connections are not tracked. */
  get track(): Track | undefined {
    return this.packet.conntrack as Track | undefined;
  }
}
