import {
  formatIpv4,
  formatMac,
  IPV4_ANY,
  MAC_BROADCAST,
  type Ipv4,
  type Mac,
} from "../../net/address.ts";
import { ARP_REPLY, ARP_REQUEST, ETHERTYPE_ARP, Packet, type ArpHeader } from "../../net/packet.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { CapturedFrame, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { MILLISECOND, seconds, type Ns } from "../../sim/clock.ts";
import type { ArpingOptions } from "./options.ts";

/** Sends probes at the interval and judges what comes back. */
export class Prober {
  received = 0;
  private sent = 0;
  private broadcastsSent = 0;
  private broadcastsReceived = 0;
  private requestsReceived = 0;
  private lastSentNs: Ns = 0;
  private stopped = false;
  /** Where probes go: to everyone, until the target has answered. */
  private destination: Mac;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly device: LinkMessage,
    private readonly addresses: { readonly source: Ipv4; readonly target: Ipv4 },
    private readonly options: ArpingOptions,
  ) {
    this.destination = device.broadcast;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      sys.signal(signal, () => (this.stopped = true));
    }
  }

  *run(): Blocking<void> {
    const { sys, options } = this;
    const startNs = sys.monotonicNs();
    const intervalNs = Math.max(seconds(options.intervalSeconds), MILLISECOND);
    const { timeoutSeconds } = options;
    const endNs = timeoutSeconds === undefined ? Infinity : startNs + seconds(timeoutSeconds);
    const limit = options.count ?? Infinity;
    for (let probe = 0; !this.stopped; probe++) {
      if (probe >= limit) return;
      yield* this.send();
      // The interval's timer is looked at before the one of -w.
      if (sys.monotonicNs() >= endNs) return;
      const nextNs = startNs + (probe + 1) * intervalNs;
      if (yield* this.listen(Math.min(nextNs, endNs))) return;
      if (sys.monotonicNs() < nextNs) return;
    }
  }

  /** `Sent 2 probes (1 broadcast(s))` … */
  summary(): string {
    const notes: string[] = [];
    if (this.requestsReceived > 0) notes.push(`${this.requestsReceived} request(s)`);
    if (this.broadcastsReceived > 0) notes.push(`${this.broadcastsReceived} broadcast(s)`);
    return (
      `Sent ${this.sent} probes (${this.broadcastsSent} broadcast(s))\n` +
      `Received ${this.received} response(s)${notes.length > 0 ? ` (${notes.join(", ")})` : ""}\n`
    );
  }

  private *send(): Blocking<void> {
    const { device, options, addresses } = this;
    const isAnswer = options.mode === "answer";
    const packet = new Packet();
    packet.ether = { dst: this.destination, src: device.address, etherType: ETHERTYPE_ARP };
    packet.arp = {
      operation: isAnswer ? ARP_REPLY : ARP_REQUEST,
      senderMac: device.address,
      senderIp: addresses.source,
      targetMac: isAnswer ? device.address : this.destination,
      targetIp: addresses.target,
    };
    this.lastSentNs = this.sys.monotonicNs();
    yield* this.sys.sendPacket(this.fd, { packet, ifindex: device.ifindex });
    this.sent += 1;
    if (this.destination === MAC_BROADCAST) this.broadcastsSent += 1;
  }

  /** Takes answers until then. True: nothing more is wanted. */
  private *listen(untilNs: Ns): Blocking<boolean> {
    while (!this.stopped) {
      const leftNs = untilNs - this.sys.monotonicNs();
      const frame = leftNs > 0 ? yield* this.receive(leftNs) : undefined;
      if (!frame) return this.stopped;
      const { arp } = frame.packet;
      if (!arp || !this.concerns(frame, arp)) continue;
      yield* this.note(frame, arp);
      if (this.options.quitOnReply) return true;
      if (!this.options.keepBroadcasting) this.destination = arp.senderMac;
    }
    return true;
  }

  private *receive(timeoutNs: Ns): Blocking<CapturedFrame | undefined> {
    try {
      return yield* this.sys.recvFrame(this.fd, timeoutNs);
    } catch (error) {
      if (error instanceof KernelError && error.errno === "EINTR") return undefined;
      throw error;
    }
  }

  /** recv_pack(): whether it answers the probe or, with -D, shows that the address is taken. */
  private concerns({ direction }: CapturedFrame, arp: ArpHeader): boolean {
    const { addresses, device, options } = this;
    if (direction === "otherhost" || direction === "outgoing") return false;
    if (arp.operation !== ARP_REQUEST && arp.operation !== ARP_REPLY) return false;
    if (arp.senderIp !== addresses.target) return false;
    if (options.mode === "duplicate") {
      if (arp.senderMac === device.address) return false;
      return addresses.source === IPV4_ANY || addresses.source === arp.targetIp;
    }
    return arp.targetIp === addresses.source && arp.targetMac === device.address;
  }

  private *note({ direction, atNs }: CapturedFrame, arp: ArpHeader): Blocking<void> {
    const { addresses, device } = this;
    this.received += 1;
    if (direction !== "host") this.broadcastsReceived += 1;
    if (arp.operation === ARP_REQUEST) this.requestsReceived += 1;
    if (this.options.quiet) return;
    const cast = direction === "host" ? "Unicast" : "Broadcast";
    const kind = arp.operation === ARP_REPLY ? "reply" : "request";
    let line = `${cast} ${kind} from ${formatIpv4(arp.senderIp)} [${upper(arp.senderMac)}] `;
    if (arp.targetIp !== addresses.source) line += `for ${formatIpv4(arp.targetIp)} `;
    if (arp.targetMac !== device.address) line += `for [${upper(arp.targetMac)}]`;
    line += ` ${((atNs - this.lastSentNs) / MILLISECOND).toFixed(3)}ms\n`;
    yield* this.sys.print(line);
  }
}

function upper(mac: Mac): string {
  return formatMac(mac).toUpperCase();
}
