/** Why the kernel refuses a request about sets. Linux include/uapi/linux/netfilter/ipset/ip_set.h. */
export type IpSetErrorCode =
  | "NO_SUCH_SET"
  | "SET_EXISTS"
  | "SECOND_SET"
  | "TYPE_UNKNOWN"
  | "TYPE_MISMATCH"
  | "BUSY"
  | "REFERENCED"
  | "ELEMENT"
  | "TIMEOUT"
  | "COUNTER"
  | "COMMENT"
  | "SKBINFO"
  | "CIDR"
  | "FULL"
  | "NULL_ELEMENT"
  | "OUT_OF_RANGE"
  | "TOO_MANY"
  | "MEMBER"
  | "LOOP"
  | "REFERENCE_NAME"
  | "REFERENCE_MEMBER";

export class IpSetError extends Error {
  constructor(readonly code: IpSetErrorCode) {
    super(code);
  }
}
