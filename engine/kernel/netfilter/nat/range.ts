/** Where NAT may map to. Linux struct nf_nat_range2. */
import type { Ipv4 } from "../../../net/address.ts";

export interface NatRange {
  readonly first: Ipv4 | undefined;
  readonly last: Ipv4 | undefined;
  readonly firstPort: number | undefined;
  readonly lastPort: number | undefined;
  /** NF_NAT_RANGE_PROTO_OFFSET: this port becomes the first, those after it follow. */
  readonly basePort?: number;
  readonly random: boolean;
  readonly randomFully: boolean;
  readonly persistent: boolean;
}
