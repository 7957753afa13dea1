import { KernelError } from "../errno.ts";
import type { Readiness } from "../fs/open-file.ts";
import type { SocketAddress } from "../process/sys.ts";
import type { Blocking } from "../process/wait-queue.ts";
import type { TransportContext } from "./context.ts";
import type { SocketRecord } from "./diagnostics.ts";
import type { SocketOwner } from "./protocol.ts";
import { Socket, UNSPECIFIED, type Accepted } from "./socket.ts";

const NOTHING: Readiness = { in: false, out: false, hangup: false, error: false };

/**
 * A TCP socket of the IPv6 family, as servers open one beside their IPv4 socket (IPV6_V6ONLY). It
 * holds its port on `::` and is listed; nobody can connect to it, as IPv6 carries no packets here.
 */
export class Ipv6Listener extends Socket {
  private port = 0;
  private backlog: number | undefined;

  constructor(
    context: TransportContext,
    owner: SocketOwner,
    /** Those of the namespace that are bound. */
    private readonly bound: Set<Ipv6Listener>,
  ) {
    super(context, owner);
  }

  /** EADDRINUSE, EINVAL: it is bound already, or the port is to be chosen. */
  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    if (!("port" in address) || this.port !== 0 || address.port === 0) {
      throw new KernelError("EINVAL");
    }
    for (const other of this.bound) {
      if (other.port === address.port) throw new KernelError("EADDRINUSE");
    }
    this.port = address.port;
    this.bound.add(this);
  }

  override listen(backlog: number): void {
    if (this.port === 0) throw new KernelError("EINVAL");
    this.backlog = backlog;
  }

  override *accept(): Blocking<Accepted> {
    if (this.backlog === undefined) throw new KernelError("EINVAL");
    if (this.nonBlocking) throw new KernelError("EAGAIN");
    for (;;) {
      const reason = yield { queues: [this.changed] };
      if (reason === "interrupted") throw new KernelError("EINTR");
    }
  }

  override getsockname(): SocketAddress {
    return { ...UNSPECIFIED, port: this.port };
  }

  read(): undefined {
    throw new KernelError("ENOTCONN");
  }

  write(): undefined {
    throw new KernelError("EPIPE");
  }

  *send(): Blocking<number> {
    throw new KernelError("EPIPE");
  }

  *recv(): Blocking<Uint8Array> {
    throw new KernelError("ENOTCONN");
  }

  readiness(): Readiness {
    return NOTHING;
  }

  release(): void {
    this.bound.delete(this);
  }

  record(): SocketRecord | undefined {
    if (this.backlog === undefined) return undefined;
    return {
      protocol: "tcp",
      family: 6,
      state: "LISTEN",
      local: this.getsockname(),
      remote: UNSPECIFIED,
      receiveQueue: 0,
      sendQueue: this.backlog,
      receiveBuffer: this.settings.receiveBuffer,
      sendBuffer: this.settings.sendBuffer,
      inode: this.inode,
      uid: this.owner.uid,
      boundDevice: "",
    };
  }
}
