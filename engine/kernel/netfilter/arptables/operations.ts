/** What an ARP message can be, by the names that arptables and ebtables have for it; from 1 on. */
export const ARP_OPERATIONS: readonly string[] = [
  "Request",
  "Reply",
  "Request_Reverse",
  "Reply_Reverse",
  "DRARP_Request",
  "DRARP_Reply",
  "DRARP_Error",
  "InARP_Request",
  "ARP_NAK",
];

/** The number of a name in any case, or `undefined`. */
export function operationByName(text: string): number | undefined {
  const index = ARP_OPERATIONS.findIndex((name) => name.toLowerCase() === text.toLowerCase());
  return index < 0 ? undefined : index + 1;
}
