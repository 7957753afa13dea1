import { KernelError } from "../../../kernel/errno.ts";
import type { Channel } from "../channel.ts";
import { isSet, type AddressSpec } from "../spec.ts";
import { readDescriptor, writeDescriptor } from "./descriptors.ts";

/** A channel over a connected socket. */
export function connectedChannel(fd: number, spec: AddressSpec, isStream: boolean): Channel {
  return {
    input: fd,
    output: fd,
    crnl: isSet(spec, "crnl"),
    read: (sys, _, max) => readDescriptor(sys, fd, max),
    write: (sys, _, data) => writeDescriptor(sys, fd, data),
    shutdown(sys) {
      if (!isStream) return;
      try {
        sys.shutdown(fd, "write");
      } catch (error) {
        // The peer has reset the connection already.
        if (!(error instanceof KernelError)) throw error;
      }
    },
  };
}
