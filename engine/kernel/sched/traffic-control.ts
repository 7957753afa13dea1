/** What a device has of queueing disciplines: its tree on the way out, and one on the way in. */
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import { Htb } from "./htb.ts";
import type { HtbClass } from "./htb-class.ts";
import { Netem } from "./netem.ts";
import type { Qdisc, QdiscContext } from "./qdisc.ts";
import { findQdiscKind } from "./registry.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Where a discipline is put: inside another one, under the class `id`. */
export interface Place {
  readonly qdisc: Qdisc;
  readonly id: number;
  readonly leaf?: HtbClass;
}

export class TrafficControl {
  root: Qdisc | undefined;
  /** An ingress discipline: it has no filters here, and lets everything pass. */
  hasIngress = false;

  constructor(private readonly device: NetDevice) {}

  /** From the root inwards. */
  *all(): Generator<Qdisc> {
    const waiting = this.root ? [this.root] : [];
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      yield one;
      waiting.push(...one.inside());
    }
  }

  byHandle(handle: number): Qdisc | undefined {
    for (const one of this.all()) if (one.handle === handle) return one;
    return undefined;
  }

  /** ENOENT: an unknown kind. `under`: the discipline that it is put inside. */
  create(kind: string, handle: number, under: Place | undefined): Qdisc {
    const create = findQdiscKind(kind);
    if (!create) throw new KernelError("ENOENT", "Specified qdisc kind is unknown");
    return create(this.context(), handle, under?.id ?? 0, outputOf(this.device, under));
  }

  attach(qdisc: Qdisc, under: Place | undefined): void {
    if (under?.leaf && under.qdisc instanceof Htb) under.qdisc.attach(under.leaf, qdisc);
    else if (under) {
      under.qdisc.child?.reset();
      under.qdisc.child = qdisc;
    } else {
      this.root?.reset();
      this.root = qdisc;
    }
  }

  detach(qdisc: Qdisc): void {
    qdisc.reset();
    if (qdisc === this.root) this.root = undefined;
    for (const one of this.all()) one.detach(qdisc);
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

function outputOf(device: NetDevice, place: Place | undefined): (packet: Packet) => void {
  const under = place?.qdisc;
  if (under instanceof Netem) return (packet) => under.leave(packet);
  if (under instanceof TokenBucket) return (packet) => under.shape(packet);
  const leaf = place?.leaf;
  if (under instanceof Htb && leaf) return (packet) => under.wait(leaf, packet);
  return (packet) => device.transmitNow(packet);
}
