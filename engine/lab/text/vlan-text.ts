/** A VLAN as `bridge vlan add vid` takes it: `10`, `10 pvid untagged`. */
import type { BridgeVlan } from "../../kernel/rtnetlink/messages.ts";

export const VLAN_TEXT = /^(\d{1,4})( pvid)?( untagged)?$/;

/** The text is one that `VLAN_TEXT` fits. */
export function parseVlanText(text: string): Omit<BridgeVlan, "statistics"> {
  const [, id = "", pvid, untagged] = VLAN_TEXT.exec(text) ?? [];
  return { id: Number(id), pvid: pvid !== undefined, untagged: untagged !== undefined };
}

export function formatVlanText({ id, pvid, untagged }: BridgeVlan): string {
  return `${id}${pvid ? " pvid" : ""}${untagged ? " untagged" : ""}`;
}
