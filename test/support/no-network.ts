import { KernelError } from "../../engine/kernel/errno.ts";
import type { Network } from "../../engine/kernel/namespaces.ts";
import type { Netfilter } from "../../engine/kernel/netfilter/netfilter.ts";
import type { Rtnetlink } from "../../engine/kernel/rtnetlink/messages.ts";

/** A namespace without devices, for tests of everything but the network. */
export function noNetwork(): Network {
  return {
    rtnetlink: { links: () => [], link: () => undefined } as unknown as Rtnetlink,
    netfilter: undefined as unknown as Netfilter,
    sockets: { list: () => [], destroy: () => {} },
    socket: () => {
      throw new KernelError("EAFNOSUPPORT");
    },
    hardwareAddress: () => {
      throw new KernelError("ENODEV");
    },
    tracer: undefined,
    procNet: new Map([["dev", () => "Inter-|\n"]]),
    sysctlTree: { list: () => undefined, read: () => undefined, write: () => {} },
    destroy: () => {},
  };
}
