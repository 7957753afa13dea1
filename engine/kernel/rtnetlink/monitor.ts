/** Tells those who watch about changes, as rtnetlink's multicast groups do. */
import type { Ipv4 } from "../../net/address.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { FibAlias } from "../ip/fib-info.ts";
import type { IfAddress } from "../ip/in-device.ts";
import type { Neighbour } from "../ip/neighbour.ts";
import type { NetNamespace } from "../netns.ts";
import { addressMessage } from "./address.ts";
import { linkMessage } from "./link.ts";
import type { RtnetlinkEvent, RuleMessage } from "./messages.ts";
import { neighbourMessage } from "./neighbour.ts";
import { routeMessage } from "./route.ts";

type Listener = (event: RtnetlinkEvent) => void;

export class Monitor {
  private listeners: readonly Listener[] = [];

  constructor(private readonly netns: NetNamespace) {}

  subscribe(listener: Listener): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  private tell(event: RtnetlinkEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private get isIdle(): boolean {
    return this.listeners.length === 0;
  }

  link(device: NetDevice, deleted: boolean): void {
    if (this.isIdle) return;
    const link = linkMessage(this.netns, device);
    this.tell({ kind: "link", deleted, link });
  }

  address(address: IfAddress, deleted: boolean): void {
    if (this.isIdle) return;
    this.tell({ kind: "address", deleted, address: addressMessage(address) });
  }

  route(table: number, prefix: Ipv4, length: number, alias: FibAlias, deleted: boolean): void {
    if (this.isIdle) return;
    this.tell({ kind: "route", deleted, route: routeMessage(table, prefix, length, alias) });
  }

  neighbour(neighbour: Neighbour, deleted: boolean): void {
    if (this.isIdle) return;
    this.tell({ kind: "neighbour", deleted, neighbour: neighbourMessage(neighbour) });
  }

  rule(rule: RuleMessage, deleted: boolean): void {
    if (this.isIdle) return;
    this.tell({ kind: "rule", deleted, rule });
  }
}
