/** What a device has of queueing disciplines: its tree on the way out, and one on the way in. */
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import { Netem } from "./netem.ts";
import type { Qdisc, QdiscContext } from "./qdisc.ts";
import { findQdiscKind } from "./registry.ts";
import { TokenBucket } from "./token-bucket.ts";

export class TrafficControl {
  root: Qdisc | undefined;
  /** An ingress discipline: it has no filters here, and lets everything pass. */
  hasIngress = false;

  constructor(private readonly device: NetDevice) {}

  /** From the root inwards. */
  *all(): Generator<Qdisc> {
    for (let one = this.root; one; one = one.child) yield one;
  }

  byHandle(handle: number): Qdisc | undefined {
    for (const one of this.all()) if (one.handle === handle) return one;
    return undefined;
  }

  /** ENOENT: an unknown kind. `under`: the discipline that it is put inside. */
  create(kind: string, handle: number, under: Qdisc | undefined): Qdisc {
    const create = findQdiscKind(kind);
    if (!create) throw new KernelError("ENOENT", "Specified qdisc kind is unknown");
    return create(
      this.context(),
      handle,
      under ? under.handle + 1 : 0,
      outputOf(this.device, under),
    );
  }

  attach(qdisc: Qdisc, under: Qdisc | undefined): void {
    if (under) {
      under.child?.reset();
      under.child = qdisc;
    } else {
      this.root?.reset();
      this.root = qdisc;
    }
  }

  detach(qdisc: Qdisc): void {
    qdisc.reset();
    if (qdisc === this.root) this.root = undefined;
    for (const one of this.all()) if (one.child === qdisc) one.child = undefined;
  }

  /** The device goes down: nothing waits any longer. */
  reset(): void {
    this.root?.reset();
  }

  /** The device leaves its namespace, and its disciplines behind. */
  clear(): void {
    this.reset();
    this.root = undefined;
    this.hasIngress = false;
  }

  private context(): QdiscContext {
    const { device } = this;
    const { sim, random } = device.netns;
    return {
      sim,
      random,
      queueLength: device.txQueueLength,
      mtuBytes: device.mtu,
      dropped: (packet) => device.netns.tracer?.drop(packet, "device", device),
    };
  }
}

function outputOf(device: NetDevice, under: Qdisc | undefined): (packet: Packet) => void {
  if (under instanceof Netem) return (packet) => under.leave(packet);
  if (under instanceof TokenBucket) return (packet) => under.shape(packet);
  return (packet) => device.transmitNow(packet);
}
