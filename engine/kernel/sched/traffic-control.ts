/** What a device has of queueing disciplines: its tree on the way out, and one on the way in. */
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { Qdisc, QdiscContext } from "./qdisc.ts";
import { findQdiscKind } from "./registry.ts";

/** Where a discipline is put: inside another one, under the class `id`. */
export interface Place {
  readonly qdisc: Qdisc;
  readonly id: number;
}

/** `clsact` stands on the way out, too. Linux net/sched/sch_ingress.c. */
type IngressKind = "ingress" | "clsact";

export class TrafficControl {
  root: Qdisc | undefined;
  /** The discipline on the way in: it has no filters here, and lets everything pass. */
  ingress: IngressKind | undefined;
  /** It has had one: the queue stays. */
  hasIngressQueue = false;

  constructor(private readonly device: NetDevice) {}

  /** From the root inwards. */
  *all(): Generator<Qdisc> {
    const waiting = this.root ? [this.root] : [];
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      yield one;
      for (const id of one.classIds()) {
        const inside = one.occupant(id);
        if (inside) waiting.push(inside);
      }
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
    if (under) under.qdisc.attach(under.id, qdisc);
    else {
      this.root?.reset();
      this.root = qdisc;
    }
  }

  detach(qdisc: Qdisc): void {
    qdisc.reset();
    if (qdisc === this.root) this.root = undefined;
    for (const one of [...this.all()]) {
      for (const id of one.classIds()) if (one.occupant(id) === qdisc) one.attach(id, undefined);
    }
  }

  /** The device goes down: nothing waits any longer. */
  reset(): void {
    this.root?.reset();
  }

  /** The device leaves its namespace, and its disciplines behind. */
  clear(): void {
    this.reset();
    this.root = undefined;
    this.ingress = undefined;
  }

  private context(): QdiscContext {
    const { device } = this;
    const { sim, random } = device.netns;
    return {
      sim,
      random,
      queueLength: device.txQueueLength,
      mtuBytes: device.mtu,
      dropped: (packet) => device.netns.tracer?.(packet, { kind: "drop", reason: "device", device }),
    };
  }
}

function outputOf(device: NetDevice, place: Place | undefined): (packet: Packet) => void {
  if (place) return (packet) => place.qdisc.fromInside(place.id, packet);
  return (packet) => device.transmitNow(packet);
}
