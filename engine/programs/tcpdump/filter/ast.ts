/** A capture filter as parsed, pcap-filter(7). */
import type { Ipv4, Ipv4Prefix, Mac } from "../../../net/address.ts";

export type Direction = "either" | "both" | "src" | "dst";

export type NamedProtocol =
  "ether" | "ip" | "ip6" | "arp" | "rarp" | "icmp" | "tcp" | "udp" | "igmp";

export type Filter =
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "not"; readonly operand: Filter }
  | { readonly kind: "protocol"; readonly protocol: NamedProtocol }
  | { readonly kind: "ether-type"; readonly value: number }
  | { readonly kind: "ip-protocol"; readonly value: number }
  | {
      readonly kind: "host";
      readonly direction: Direction;
      /** `arp host`: only ARP; `ip host`: only IP; undefined: both. */
      readonly within: "ip" | "arp" | "rarp" | undefined;
      readonly addresses: readonly Ipv4[];
    }
  | {
      readonly kind: "net";
      readonly direction: Direction;
      readonly within: "ip" | "arp" | "rarp" | undefined;
      readonly prefix: Ipv4Prefix;
    }
  | {
      readonly kind: "port";
      readonly direction: Direction;
      readonly transport: "tcp" | "udp" | undefined;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: "ether-host"; readonly direction: Direction; readonly mac: Mac }
  | { readonly kind: "broadcast" | "multicast"; readonly layer: "ether" | "ip" }
  | { readonly kind: "vlan"; readonly id: number | undefined }
  | { readonly kind: "inbound" | "outbound" }
  | {
      readonly kind: "compare";
      readonly operator: "=" | "!=" | "<" | ">" | "<=" | ">=";
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

export type Arithmetic =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "length" }
  | {
      readonly kind: "bytes";
      readonly protocol: NamedProtocol;
      readonly offset: Arithmetic;
      readonly size: 1 | 2 | 4;
    }
  | {
      readonly kind: "operation";
      readonly operator: string;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

/** Refused; the text is what tcpdump prints after its name. */
export class FilterError extends Error {}

export function syntaxError(): FilterError {
  return new FilterError("can't parse filter expression: syntax error");
}
