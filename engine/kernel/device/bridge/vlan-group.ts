/** The VLANs of a bridge port, or of the bridge's own interface. Linux net/bridge/br_vlan.c. */
import type { Packet } from "../../../net/packet.ts";
import type { BridgeVlan } from "../../rtnetlink/messages.ts";

interface Membership {
  /** Frames leave without a tag. */
  untagged: boolean;
}

export class VlanGroup {
  /** The VLAN of frames that come without a tag; 0: they are dropped. */
  pvid = 0;
  private readonly members = new Map<number, Membership>();

  has(id: number): boolean {
    return this.members.has(id);
  }

  ids(): number[] {
    return [...this.members.keys()];
  }

  /** Adds it, or changes its flags; __vlan_add_flags(). */
  add(id: number, flags: { readonly pvid?: boolean; readonly untagged?: boolean }): void {
    this.members.set(id, { untagged: flags.untagged ?? false });
    if (flags.pvid) this.pvid = id;
    else if (this.pvid === id) this.pvid = 0;
  }

  /** False: there was none. */
  delete(id: number): boolean {
    if (this.pvid === id) this.pvid = 0;
    return this.members.delete(id);
  }

  /** True if it is there as the default VLAN is made: pvid and untagged. vlan_default_pvid() */
  isDefault(id: number): boolean {
    return this.pvid === id && this.members.get(id)?.untagged === true;
  }

  /** The frame's VLAN; undefined: it may not come in here. br_allowed_ingress() */
  ingress(packet: Packet): number | undefined {
    const id = packet.vlan?.id || this.pvid;
    if (!this.members.has(id)) return undefined;
    return id;
  }

  /** Puts the tag on, or takes it off, as the VLAN leaves here; br_handle_vlan(). */
  retag(packet: Packet, id: number): void {
    if (this.members.get(id)?.untagged) packet.vlan = undefined;
    else if (packet.vlan?.id !== id) packet.vlan = { id, priority: packet.vlan?.priority ?? 0 };
  }

  /** By number. */
  list(): BridgeVlan[] {
    return [...this.members]
      .sort(([one], [other]) => one - other)
      .map(([id, { untagged }]) => ({ id, untagged, pvid: id === this.pvid }));
  }
}
