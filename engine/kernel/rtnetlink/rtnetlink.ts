/** Rtnetlink of one namespace; each object's requests are in a file of its own. */
import type { Mac } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import { addressMessage, delAddress, newAddress } from "./address.ts";
import { delVlan, newVlan, vlans } from "./bridge-vlan.ts";
import { delFdb, fdb, newFdb } from "./fdb.ts";
import {
  delAlternativeName,
  delLink,
  linkMessage,
  links,
  newAlternativeName,
  newLink,
  setLink,
} from "./link.ts";
import type {
  Address6Message,
  Route6Message,
  AddressMessage,
  BridgeVlanMessage,
  BridgeVlanRequest,
  FdbMessage,
  FdbRequest,
  LinkChanges,
  LinkMessage,
  MdbMessage,
  MdbRequest,
  MulticastMessage,
  NeighbourMessage,
  NeighbourRequest,
  NewAddress,
  NewLink,
  NewNextHopObjectMessage,
  NextHopObjectMessage,
  QdiscMessage,
  QdiscRequest,
  QdiscWrite,
  TrafficClassMessage,
  TrafficClassRequest,
  TrafficFilterMessage,
  TrafficFilterRequest,
  RouteAnswer,
  RouteMessage,
  RouteQuery,
  RouteRequest,
  RouteWrite,
  Rtnetlink,
  RtnetlinkEvent,
  RuleMessage,
} from "./messages.ts";
import { delMdb, mdb, newMdb } from "./mdb.ts";
import { multicast, setMulticast } from "./multicast.ts";
import { delNeighbour, neighbours, newNeighbour } from "./neighbour.ts";
import { newNextHopObject, nextHopObjects } from "./nexthop.ts";
import { cachedRoutes, getRoute } from "./route-get.ts";
import { delQdisc, newQdisc, qdiscs } from "./qdisc.ts";
import { delRoute, newRoute, routes } from "./route.ts";
import { delRule, newRule } from "./rule.ts";
import { delTrafficClass, newTrafficClass, trafficClasses } from "./traffic-class.ts";
import { delTrafficFilter, newTrafficFilter, trafficFilters } from "./traffic-filter.ts";

export class NetnsRtnetlink implements Rtnetlink {
  constructor(private readonly netns: NetNamespace) {}

  links(): readonly LinkMessage[] {
    return links(this.netns);
  }

  link(which: string | number): LinkMessage | undefined {
    const { netns } = this;
    const device =
      typeof which === "string" ? netns.deviceByName(which) : netns.deviceByIndex(which);
    return device && linkMessage(netns, device);
  }

  newLink(request: NewLink): void {
    newLink(this.netns, request);
  }

  setLink(device: string, changes: LinkChanges): void {
    setLink(this.netns, device, changes);
  }

  delLink(device: string): void {
    delLink(this.netns, device);
  }

  newAlternativeName(device: string, name: string): void {
    newAlternativeName(this.netns, device, name);
  }

  delAlternativeName(device: string, name: string): void {
    delAlternativeName(this.netns, device, name);
  }

  namespaceIds(): readonly number[] {
    return this.netns.netnsIdList();
  }

  namespaceId(reference: string | number): number | undefined {
    return this.netns.knownNetnsId(this.netns.host.resolveNetns(reference));
  }

  setNamespaceId(reference: string | number, id: number | "auto"): void {
    this.netns.setNetnsId(this.netns.host.resolveNetns(reference), id);
  }

  addresses(): readonly AddressMessage[] {
    return this.netns.addresses.all().map(addressMessage);
  }

  addresses6(): readonly Address6Message[] {
    return this.netns.ipv6.messages();
  }

  routes6(): readonly Route6Message[] {
    return this.netns.ipv6.routes();
  }

  newAddress(
    request: NewAddress,
    options?: { readonly replace?: boolean; readonly change?: boolean },
  ): void {
    newAddress(this.netns, request, options);
  }

  delAddress(request: NewAddress): void {
    delAddress(this.netns, request);
  }

  routes(table: number): readonly RouteMessage[] {
    return routes(this.netns, table);
  }

  newRoute(request: RouteRequest, mode: RouteWrite): void {
    newRoute(this.netns, request, mode);
  }

  delRoute(
    request: Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">,
  ): void {
    delRoute(this.netns, request);
  }

  getRoute(query: RouteQuery): RouteAnswer {
    return getRoute(this.netns, query);
  }

  cachedRoutes(): readonly RouteAnswer[] {
    return cachedRoutes(this.netns);
  }

  flushRouteCache(): void {
    this.netns.fib.flushExceptions();
  }

  nextHopObjects(): readonly NextHopObjectMessage[] {
    return nextHopObjects(this.netns);
  }

  newNextHopObject(request: NewNextHopObjectMessage, mode: "add" | "replace"): void {
    newNextHopObject(this.netns, request, mode);
  }

  delNextHopObject(id: number): void {
    this.netns.nextHops.remove(id);
  }

  rules(): readonly RuleMessage[] {
    return this.netns.fib.rules.list();
  }

  newRule(rule: RuleMessage): void {
    newRule(this.netns, rule);
  }

  delRule(rule: Partial<RuleMessage>): void {
    delRule(this.netns, rule);
  }

  neighbours(): readonly NeighbourMessage[] {
    return neighbours(this.netns);
  }

  newNeighbour(request: NeighbourRequest, mode: "add" | "replace" | "change"): void {
    newNeighbour(this.netns, request, mode);
  }

  delNeighbour(request: NeighbourRequest): void {
    delNeighbour(this.netns, request);
  }

  fdb(): readonly FdbMessage[] {
    return fdb(this.netns);
  }

  newFdb(request: FdbRequest, mode: "add" | "replace" | "append"): void {
    newFdb(this.netns, request, mode);
  }

  delFdb(request: FdbRequest): void {
    delFdb(this.netns, request);
  }

  vlans(): readonly BridgeVlanMessage[] {
    return vlans(this.netns);
  }

  newVlan(request: BridgeVlanRequest): void {
    newVlan(this.netns, request);
  }

  delVlan(request: BridgeVlanRequest): void {
    delVlan(this.netns, request);
  }

  multicast(device: string): MulticastMessage {
    return multicast(this.netns, device);
  }

  setMulticast(device: string, mac: Mac, listens: boolean): void {
    setMulticast(this.netns, device, mac, listens);
  }

  mdb(): readonly MdbMessage[] {
    return mdb(this.netns);
  }

  newMdb(request: MdbRequest): void {
    newMdb(this.netns, request);
  }

  delMdb(request: MdbRequest): void {
    delMdb(this.netns, request);
  }

  qdiscs(): readonly QdiscMessage[] {
    return qdiscs(this.netns);
  }

  newQdisc(request: QdiscRequest, mode: QdiscWrite): void {
    newQdisc(this.netns, request, mode);
  }

  delQdisc(request: QdiscRequest): void {
    delQdisc(this.netns, request);
  }

  trafficClasses(device: string): readonly TrafficClassMessage[] {
    return trafficClasses(this.netns, device);
  }

  newTrafficClass(request: TrafficClassRequest, mode: QdiscWrite): void {
    newTrafficClass(this.netns, request, mode);
  }

  delTrafficClass(request: TrafficClassRequest): void {
    delTrafficClass(this.netns, request);
  }

  trafficFilters(device: string): readonly TrafficFilterMessage[] {
    return trafficFilters(this.netns, device);
  }

  newTrafficFilter(request: TrafficFilterRequest, mode: QdiscWrite): void {
    newTrafficFilter(this.netns, request, mode);
  }

  delTrafficFilter(request: TrafficFilterRequest): void {
    delTrafficFilter(this.netns, request);
  }

  subscribe(listener: (event: RtnetlinkEvent) => void): () => void {
    return this.netns.monitor.subscribe(listener);
  }
}
