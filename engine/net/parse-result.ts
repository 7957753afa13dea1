/** Why bytes are not a packet. `at` is the offset of the header that is wrong. */
export interface ParseError {
  readonly header: "ethernet" | "vlan" | "arp" | "ipv4" | "icmp" | "udp" | "tcp" | "vxlan";
  readonly at: number;
  readonly reason: string;
}

export type ParseResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ParseError };

export function parsed<T>(value: T): ParseResult<T> {
  return { ok: true, value };
}

export function malformed(
  header: ParseError["header"],
  at: number,
  reason: string,
): { readonly ok: false; readonly error: ParseError } {
  return { ok: false, error: { header, at, reason } };
}
