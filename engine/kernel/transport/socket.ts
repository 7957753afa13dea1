/** What all sockets share: an open file, options, and calls that most kinds refuse. */
import { IPV4_ANY } from "../../net/address.ts";
import type { Packet } from "../../net/packet.ts";
import { MICROSECOND, type Ns } from "../../sim/clock.ts";
import { type Errno, KernelError } from "../errno.ts";
import type { OpenFile, Readiness } from "../fs/open-file.ts";
import type {
  CapturedFrame,
  Datagram,
  RawMessage,
  SocketAddress,
  SocketIcmpError,
  SocketOptions,
  Stat,
} from "../process/sys.ts";
import { type Blocking, WaitQueue } from "../process/wait-queue.ts";
import type { TransportContext } from "./context.ts";
import type { SocketRecord } from "./diagnostics.ts";
import type { SocketOwner } from "./protocol.ts";

export const UNSPECIFIED: SocketAddress = { ip: IPV4_ANY, port: 0 };

/** Smallest buffers that setsockopt grants: SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF; include/net/sock.h. */
const MIN_RECEIVE_BUFFER = 2304;
const MIN_SEND_BUFFER = 4608;

/**
 * What sending costs the caller in virtual time: what the network does at once (an acknowledgement
 * or an ICMP error over an idle cable) happens before the program's next call, as on a real machine.
 */
export const SEND_COST_NS: Ns = 10 * MICROSECOND;

/** What receiving costs, so that a transfer takes time whatever the network. */
export const RECEIVE_COST_NS: Ns = 2 * MICROSECOND;

/** The options a program may set, and what a socket has before it does. */
export interface SocketSettings {
  reuseAddress: boolean;
  reusePort: boolean;
  broadcast: boolean;
  dontRoute: boolean;
  keepAlive: boolean;
  /** SO_BINDTODEVICE as an index; 0: any. */
  boundDevice: number;
  promiscuous: boolean;
  mark: number;
  ttl: number | undefined;
  tos: number;
  ipOptions: Uint8Array | undefined;
  mtuDiscover: SocketOptions["mtuDiscover"];
  receiveErrors: boolean;
  noDelay: boolean;
  receiveBuffer: number;
  sendBuffer: number;
}

export interface Accepted {
  readonly socket: Socket;
  readonly peer: SocketAddress;
}

/**
 * One socket. The calls of `Sys` map to methods of the same names; those that may block are
 * generators which wait on `changed` and throw EINTR when a signal ends the wait, EAGAIN when
 * the socket is non-blocking.
 */
export abstract class Socket implements OpenFile {
  readonly kind = "socket";
  readonly changed = new WaitQueue();
  nonBlocking = false;
  readonly inode: number;
  readonly settings: SocketSettings;
  /** SO_ERROR */
  protected pendingError: Errno | undefined;
  protected readonly icmpErrors: SocketIcmpError[] = [];

  constructor(
    readonly context: TransportContext,
    readonly owner: SocketOwner,
  ) {
    this.inode = context.allocateInode();
    this.settings = {
      reuseAddress: false,
      reusePort: false,
      broadcast: false,
      dontRoute: false,
      keepAlive: false,
      boundDevice: 0,
      promiscuous: false,
      mark: 0,
      ttl: undefined,
      tos: 0,
      ipOptions: undefined,
      mtuDiscover: context.discoversPathMtu() ? "want" : "dont",
      receiveErrors: false,
      noDelay: false,
      receiveBuffer: context.sysctls.receiveBufferDefault,
      sendBuffer: context.sysctls.sendBufferDefault,
    };
  }

  get uid(): number {
    return this.owner.uid;
  }

  abstract read(max: number): Uint8Array | undefined;
  abstract write(data: Uint8Array): number | undefined;
  abstract readiness(): Readiness;
  abstract release(): void;
  /** What sock_diag tells; undefined while there is nothing to tell. */
  abstract record(): SocketRecord | undefined;

  stat(): Stat {
    return {
      inode: this.inode,
      kind: "socket",
      mode: 0o777,
      uid: this.uid,
      gid: this.owner.gid,
      links: 1,
      sizeBytes: 0,
      modifiedSeconds: Math.floor(this.context.sim.epochSeconds),
    };
  }

  describe(): string {
    return `socket:[${this.inode}]`;
  }

  // ---------------------------------------------------------------- calls

  bind(_address: SocketAddress | { readonly ifindex: number }): void {
    throw new KernelError("EOPNOTSUPP");
  }

  *connect(_address: SocketAddress): Blocking<void> {
    throw new KernelError("EOPNOTSUPP");
  }

  listen(_backlog: number): void {
    throw new KernelError("EOPNOTSUPP");
  }

  *accept(): Blocking<Accepted> {
    throw new KernelError("EOPNOTSUPP");
  }

  /** How many bytes were taken: all of them unless the socket is non-blocking. */
  abstract send(data: Uint8Array): Blocking<number>;

  *sendto(_data: Uint8Array, _to: SocketAddress): Blocking<number> {
    throw new KernelError("EOPNOTSUPP");
  }

  *sendPacket(
    _message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void> {
    throw new KernelError("EOPNOTSUPP");
  }

  abstract recv(max?: number): Blocking<Uint8Array>;

  *recvfrom(_max?: number, _timeoutNs?: Ns): Blocking<Datagram | undefined> {
    throw new KernelError("EOPNOTSUPP");
  }

  *recvFrame(_timeoutNs?: Ns): Blocking<CapturedFrame | undefined> {
    throw new KernelError("EOPNOTSUPP");
  }

  recvError(): SocketIcmpError | undefined {
    return this.icmpErrors.shift();
  }

  shutdown(_how: "read" | "write" | "both"): void {
    throw new KernelError("ENOTCONN");
  }

  getsockname(): SocketAddress {
    return UNSPECIFIED;
  }

  getpeername(): SocketAddress {
    throw new KernelError("ENOTCONN");
  }

  getsockopt<K extends keyof SocketOptions>(option: K): SocketOptions[K] {
    return this.readOption(option) as SocketOptions[K];
  }

  private readOption(option: keyof SocketOptions): SocketOptions[keyof SocketOptions] {
    switch (option) {
      case "error":
        return this.takeError();
      case "mtu":
        return this.pathMtu();
      case "bindToDevice":
        return this.context.deviceName(this.settings.boundDevice) ?? "";
      case "nonBlocking":
        return this.nonBlocking;
      default:
        return this.settings[option];
    }
  }

  setsockopt<K extends keyof SocketOptions>(option: K, value: SocketOptions[K]): void {
    const { settings, context } = this;
    switch (option) {
      case "error":
      case "mtu":
        throw new KernelError("ENOPROTOOPT");
      case "bindToDevice": {
        const index = value === "" ? 0 : context.deviceIndex(value as string);
        if (index === undefined) throw new KernelError("ENODEV");
        settings.boundDevice = index;
        break;
      }
      case "nonBlocking":
        this.nonBlocking = value as boolean;
        break;
      case "receiveBuffer": {
        // The kernel doubles what is asked, for its own bookkeeping; socket(7).
        const asked = Math.min(value as number, context.sysctls.receiveBufferMax);
        settings.receiveBuffer = Math.max(asked * 2, MIN_RECEIVE_BUFFER);
        break;
      }
      case "sendBuffer": {
        const asked = Math.min(value as number, context.sysctls.sendBufferMax);
        settings.sendBuffer = Math.max(asked * 2, MIN_SEND_BUFFER);
        break;
      }
      default:
        Object.assign(settings, { [option]: value });
    }
  }

  // ---------------------------------------------------------------- for the kinds

  protected pathMtu(): number {
    throw new KernelError("ENOTCONN");
  }

  protected takeError(): Errno | undefined {
    const error = this.pendingError;
    this.pendingError = undefined;
    return error;
  }

  /** Throws the error that is waiting to be reported, once. */
  protected throwPendingError(): void {
    const error = this.takeError();
    if (error) throw new KernelError(error);
  }

  /** Waits for a change until `deadlineNs`. False: the time is up. */
  protected *waitForChange(deadlineNs?: Ns): Blocking<boolean> {
    if (this.nonBlocking) throw new KernelError("EAGAIN");
    const { sim } = this.context;
    if (deadlineNs !== undefined && sim.nowNs >= deadlineNs) return false;
    const timeout = deadlineNs === undefined ? {} : { timeoutNs: deadlineNs - sim.nowNs };
    const reason = yield { queues: [this.changed], ...timeout };
    if (reason === "interrupted") throw new KernelError("EINTR");
    return reason !== "timeout";
  }
}
