import type { Mac } from "../../../net/address.ts";
import type { Packet } from "../../../net/packet.ts";
import type { Ns } from "../../../sim/clock.ts";
import { KernelError } from "../../errno.ts";
import type { Netfilter } from "../../netfilter/netfilter.ts";
import type { Rtnetlink } from "../../rtnetlink/messages.ts";
import type { SocketDiagnostics } from "../../transport/diagnostics.ts";
import { Socket } from "../../transport/socket.ts";
import type {
  CapturedFrame,
  Datagram,
  RawMessage,
  SocketAddress,
  SocketFamily,
  SocketIcmpError,
  SocketOptions,
  SocketType,
} from "../sys.ts";
import type { Blocking } from "../wait-queue.ts";
import { TerminalCalls } from "./terminal-calls.ts";

/** Sockets and netlink, of the network namespace that the process is in. */
export abstract class SocketCalls extends TerminalCalls {
  get rtnetlink(): Rtnetlink {
    this.enter();
    return this.process.namespaces.net.rtnetlink;
  }

  get netfilter(): Netfilter {
    this.enter();
    if (this.process.uid !== 0) throw new KernelError("EPERM");
    return this.process.namespaces.net.netfilter;
  }

  get sockets(): SocketDiagnostics {
    this.enter();
    return this.process.namespaces.net.sockets;
  }

  socket(family: SocketFamily, type: SocketType, protocol = 0): number {
    this.enter();
    const { descriptors, namespaces, uid, gid } = this.process;
    return descriptors.install(namespaces.net.socket(family, type, protocol, { uid, gid }));
  }

  bind(fd: number, address: SocketAddress | { readonly ifindex: number }): void {
    this.enter();
    this.socketAt(fd).bind(address);
  }

  *connect(fd: number, address: SocketAddress): Blocking<void> {
    yield* this.enterBlocking();
    yield* this.socketAt(fd).connect(address);
  }

  listen(fd: number, backlog: number): void {
    this.enter();
    this.socketAt(fd).listen(backlog);
  }

  *accept(fd: number): Blocking<{ readonly fd: number; readonly peer: SocketAddress }> {
    yield* this.enterBlocking();
    const { socket, peer } = yield* this.socketAt(fd).accept();
    return { fd: this.process.descriptors.install(socket), peer };
  }

  *send(fd: number, data: Uint8Array): Blocking<number> {
    yield* this.enterBlocking();
    return yield* this.raisingSigpipe(this.socketAt(fd).send(data));
  }

  *sendto(fd: number, data: Uint8Array, to: SocketAddress): Blocking<number> {
    yield* this.enterBlocking();
    return yield* this.raisingSigpipe(this.socketAt(fd).sendto(data, to));
  }

  *sendPacket(
    fd: number,
    message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void> {
    yield* this.enterBlocking();
    yield* this.socketAt(fd).sendPacket(message);
  }

  *recv(fd: number, max?: number): Blocking<Uint8Array> {
    yield* this.enterBlocking();
    return yield* this.socketAt(fd).recv(max);
  }

  *recvfrom(fd: number, max?: number, timeoutNs?: Ns): Blocking<Datagram | undefined> {
    yield* this.enterBlocking();
    return yield* this.socketAt(fd).recvfrom(max, timeoutNs);
  }

  *recvFrame(fd: number, timeoutNs?: Ns): Blocking<CapturedFrame | undefined> {
    yield* this.enterBlocking();
    return yield* this.socketAt(fd).recvFrame(timeoutNs);
  }

  recvError(fd: number): SocketIcmpError | undefined {
    this.enter();
    return this.socketAt(fd).recvError();
  }

  shutdown(fd: number, how: "read" | "write" | "both"): void {
    this.enter();
    this.socketAt(fd).shutdown(how);
  }

  getsockname(fd: number): SocketAddress {
    this.enter();
    return this.socketAt(fd).getsockname();
  }

  getpeername(fd: number): SocketAddress {
    this.enter();
    return this.socketAt(fd).getpeername();
  }

  getsockopt<K extends keyof SocketOptions>(fd: number, option: K): SocketOptions[K] {
    this.enter();
    return this.socketAt(fd).getsockopt(option);
  }

  setsockopt<K extends keyof SocketOptions>(fd: number, option: K, value: SocketOptions[K]): void {
    this.enter();
    this.socketAt(fd).setsockopt(option, value);
  }

  hardwareAddress(device: string): Mac {
    this.enter();
    return this.process.namespaces.net.hardwareAddress(device);
  }

  /** EBADF, ENOTSOCK */
  private socketAt(fd: number): Socket {
    const file = this.file(fd);
    if (!(file instanceof Socket)) throw new KernelError("ENOTSOCK");
    return file;
  }

  private *raisingSigpipe(sending: Blocking<number>): Blocking<number> {
    try {
      return yield* sending;
    } catch (error) {
      yield* this.signalBrokenPipe(error);
      throw error;
    }
  }
}
