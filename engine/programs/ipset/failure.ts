/** What ipset says when it gives up. */
import type { IpSetErrorCode } from "../../kernel/netfilter/ipset/error.ts";

/** `ipset v7.17: ` and the text go to standard error. */
export class Failure extends Error {
  constructor(
    message: string,
    /** 1: refused, 2: wrongly typed; then where to find help follows. */
    readonly status: 1 | 2 = 1,
  ) {
    super(message);
  }
}

export const usageFailure = (message: string): Failure => new Failure(message, 2);

export const syntaxError = (message: string): Failure => new Failure(`Syntax error: ${message}`);

export type Command =
  | "create"
  | "add"
  | "del"
  | "test"
  | "destroy"
  | "list"
  | "save"
  | "restore"
  | "flush"
  | "rename"
  | "swap"
  | "help"
  | "version";

/** errcode.c of ipset */
const WORDS: Readonly<Record<IpSetErrorCode, string>> = {
  NO_SUCH_SET: "The set with the given name does not exist",
  SET_EXISTS: "Set cannot be created: set with the same name already exists",
  SECOND_SET: "Set cannot be renamed: a set with the new name already exists",
  TYPE_UNKNOWN: "Kernel error received: set type not supported",
  TYPE_MISMATCH: "The sets cannot be swapped: their type does not match",
  BUSY: "Set cannot be destroyed: it is in use by a kernel component",
  REFERENCED: "Set cannot be renamed: it is in use by another system",
  ELEMENT: "Element cannot be added to the set: it's already added",
  TIMEOUT: "Timeout cannot be used: set was created without timeout support",
  COUNTER: "Packet/byte counters cannot be used: set was created without counter support",
  COMMENT: "Comment cannot be used: set was created without comment support",
  SKBINFO: "Skbinfo mapping cannot be used: set was created without skbinfo support",
  CIDR: "The value of the CIDR parameter of the IP address is invalid",
  FULL: "Hash is full, cannot add more elements",
  NULL_ELEMENT: "Null-valued element, cannot be stored in a hash type of set",
  OUT_OF_RANGE: "Element is out of the range of the set",
  TOO_MANY: "Podwire does not model more than 1048576 elements in one command",
  MEMBER: "Set to be added/deleted/tested as element does not exist.",
  LOOP: "Sets with list:set type cannot be added to the set.",
  REFERENCE_NAME: "The set to which you referred with 'before' or 'after' does not exist.",
  REFERENCE_MEMBER:
    "The set to which you referred with 'before' or 'after' is not added to the set.",
};

export function kernelFailure(code: IpSetErrorCode, command: Command): Failure {
  if (code === "ELEMENT" && command === "del") {
    return new Failure("Element cannot be deleted from the set: it's not added");
  }
  if (code === "SECOND_SET" && command === "swap") {
    return new Failure("Sets cannot be swapped: the second set does not exist");
  }
  return new Failure(WORDS[code]);
}
