/** AF_PACKET sockets: frames as the devices see them, packet(7). */
import type { Packet } from "../../net/packet.ts";
import type { Ns } from "../../sim/clock.ts";
import { KernelError } from "../errno.ts";
import type { Readiness } from "../fs/open-file.ts";
import type { CapturedFrame, RawMessage, SocketAddress, SocketOptions } from "../process/sys.ts";
import type { Blocking } from "../process/wait-queue.ts";
import type { TransportContext } from "./context.ts";
import { BoundedQueue, deadline, packetCost } from "./datagram-queue.ts";
import type { SocketRecord } from "./diagnostics.ts";
import type { SocketOwner } from "./protocol.ts";
import { Socket, UNSPECIFIED } from "./socket.ts";

const ETH_P_ALL = 3;

export class PacketSockets {
  readonly all = new Set<PacketSocket>();

  constructor(readonly context: TransportContext) {}
}

export class PacketSocket extends Socket {
  private readonly queue = new BoundedQueue<CapturedFrame>();
  private ifindex = 0;
  private untap: (() => void) | undefined;
  /** Frames lost because the buffer was full, PACKET_STATISTICS. */
  drops = 0;

  constructor(
    private readonly sockets: PacketSockets,
    owner: SocketOwner,
    /** An EtherType; ETH_P_ALL: every frame, outgoing ones too; 0: none until bound. */
    private readonly protocol: number,
  ) {
    super(sockets.context, owner);
    sockets.all.add(this);
    this.listenOn(0);
  }

  private listenOn(ifindex: number): void {
    this.untap?.();
    this.setPromiscuous(false);
    this.ifindex = ifindex;
    if (this.protocol === 0) return;
    this.untap = this.context.tap(ifindex, (frame) => this.see(frame));
  }

  override setsockopt<K extends keyof SocketOptions>(option: K, value: SocketOptions[K]): void {
    if (option === "promiscuous") this.setPromiscuous(value as boolean);
    else super.setsockopt(option, value);
  }

  private setPromiscuous(wanted: boolean): void {
    const { settings, ifindex } = this;
    if (settings.promiscuous === wanted || ifindex === 0) return;
    settings.promiscuous = wanted;
    this.context.setPromiscuity(ifindex, wanted ? 1 : -1);
  }

  private see(frame: CapturedFrame): void {
    if (this.protocol !== ETH_P_ALL) {
      if (frame.direction === "outgoing") return;
      if (frame.packet.ether?.etherType !== this.protocol) return;
    }
    const { settings } = this;
    if (this.queue.push(frame, packetCost(frame.packet), settings.receiveBuffer)) {
      this.changed.wakeAll();
    } else this.drops += 1;
  }

  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    if (!("ifindex" in address)) throw new KernelError("EINVAL");
    if (address.ifindex !== 0 && this.context.deviceName(address.ifindex) === undefined) {
      throw new KernelError("ENODEV");
    }
    this.listenOn(address.ifindex);
  }

  override *recvFrame(timeoutNs?: Ns): Blocking<CapturedFrame | undefined> {
    const end = deadline(this.context, timeoutNs);
    for (;;) {
      this.throwPendingError();
      const frame = this.queue.shift();
      if (frame) return frame;
      if (!(yield* this.waitForChange(end))) return undefined;
    }
  }

  override *sendPacket(
    message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void> {
    if (!("ifindex" in message)) throw new KernelError("EINVAL");
    if (!message.packet.ether) throw new KernelError("EINVAL");
    this.context.sendFrame(message.ifindex, message.packet.clone());
  }

  read(): Uint8Array | undefined {
    throw new KernelError("EOPNOTSUPP");
  }

  write(): number | undefined {
    throw new KernelError("EOPNOTSUPP");
  }

  *send(): Blocking<number> {
    throw new KernelError("EOPNOTSUPP");
  }

  *recv(): Blocking<Uint8Array> {
    throw new KernelError("EOPNOTSUPP");
  }

  readiness(): Readiness {
    return { in: this.queue.length > 0, out: true, hangup: false, error: false };
  }

  release(): void {
    this.setPromiscuous(false);
    this.untap?.();
    this.untap = undefined;
    this.sockets.all.delete(this);
  }

  record(): SocketRecord {
    return {
      protocol: "packet",
      state: "CLOSE",
      local: { ip: UNSPECIFIED.ip, port: this.protocol },
      remote: UNSPECIFIED,
      receiveQueue: this.queue.usedBytes,
      sendQueue: 0,
      receiveBuffer: this.settings.receiveBuffer,
      sendBuffer: this.settings.sendBuffer,
      inode: this.inode,
      uid: this.uid,
      boundDevice: this.context.deviceName(this.ifindex) ?? "",
    };
  }
}
