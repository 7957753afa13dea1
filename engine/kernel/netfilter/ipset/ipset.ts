/** IP sets of a namespace. Linux net/netfilter/ipset/ip_set_core.c. */
import { networkLength } from "../../../net/length.ts";
import type { Random } from "../../../sim/random.ts";
import type { Simulation } from "../../../sim/simulation.ts";
import { BLANK_ELEMENT, withFirstLength } from "./element.ts";
import { IpSetError } from "./error.ts";
import { IpSet, type Entry, type Extensions, type Member, type SetOptions } from "./ip-set.ts";
import { elementOfPacket, type PacketPlace, type SetDirection } from "./packet-element.ts";
import { elementsOf, firstOf, type ElementRange } from "./range.ts";
import { hasNetworks, SET_TYPES } from "./set-type.ts";

/** How a rule asks about a packet. Linux struct ip_set_adt_opt. */
export interface PacketQuery {
  readonly directions: readonly SetDirection[];
  /** Asks for the exceptions instead. */
  readonly returnNoMatch: boolean;
  readonly updatesCounters: boolean;
  /** Of the members of a list of sets. */
  readonly updatesSubcounters: boolean;
  /** The counters of the element must be like this; they count the packet first. */
  readonly wants: (packets: number, bytes: number) => boolean;
}

const ANY = (): boolean => true;

/** `before` or `after` another member of a list. */
export interface Placement {
  readonly side: "before" | "after";
  readonly name: string;
}

export class IpSets {
  /** As the kernel numbers them: a new set takes the first free place. */
  private readonly slots: ({ readonly name: string; readonly set: IpSet } | undefined)[] = [];
  private readonly byName = new Map<string, IpSet>();

  /** `usesInRules`: how often each set is named by rules. */
  constructor(
    private readonly sim: Simulation,
    private readonly random: Random,
    private readonly usesInRules: () => ReadonlyMap<string, number>,
  ) {}

  get(name: string): IpSet | undefined {
    return this.byName.get(name);
  }

  /** In the kernel's order: lists of sets last. */
  names(): string[] {
    const all = this.slots.filter((slot) => slot !== undefined);
    const isList = ({ set }: { readonly set: IpSet }): boolean => set.type.storage === "list";
    return [...all.filter((slot) => !isList(slot)), ...all.filter(isList)].map(({ name }) => name);
  }

  /** How many rules and lists hold each set. */
  references(): ReadonlyMap<string, number> {
    const counts = new Map(this.usesInRules());
    for (const set of this.byName.values()) {
      for (const { name } of set.members) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  newInitval(): number {
    return this.random.uint32();
  }

  // ---------------------------------------------------------------- sets

  /** Throws TYPE_UNKNOWN, SET_EXISTS. */
  create(name: string, typeName: string, options: SetOptions): void {
    const type = SET_TYPES.find((one) => one.name === typeName);
    if (!type) throw new IpSetError("TYPE_UNKNOWN");
    if (this.byName.has(name)) throw new IpSetError("SET_EXISTS");
    const set = new IpSet(this.sim, type, options);
    this.byName.set(name, set);
    const free = this.slots.indexOf(undefined);
    this.slots[free < 0 ? this.slots.length : free] = { name, set };
  }

  /** Throws NO_SUCH_SET, BUSY. Without a name: all of them, or none. */
  destroy(name: string | undefined): void {
    const references = this.references();
    if (name === undefined) {
      // Those that only lists of sets hold would go with the lists; the kernel refuses them too.
      if ([...references.values()].some((count) => count > 0)) throw new IpSetError("BUSY");
      this.byName.clear();
      this.slots.length = 0;
      return;
    }
    this.require(name);
    if ((references.get(name) ?? 0) > 0) throw new IpSetError("BUSY");
    this.byName.delete(name);
    this.slots[this.slotOf(name)] = undefined;
  }

  /** Throws NO_SUCH_SET. */
  flush(name: string | undefined): void {
    if (name !== undefined) this.require(name).flush();
    else for (const set of this.byName.values()) set.flush();
  }

  /** Throws NO_SUCH_SET, REFERENCED, SECOND_SET (the new name is taken). */
  rename(from: string, to: string): void {
    const set = this.require(from);
    if ((this.references().get(from) ?? 0) > 0) throw new IpSetError("REFERENCED");
    if (this.byName.has(to)) throw new IpSetError("SECOND_SET");
    this.byName.delete(from);
    this.byName.set(to, set);
    this.slots[this.slotOf(from)] = { name: to, set };
  }

  /** Exchanges the contents. Throws NO_SUCH_SET, SECOND_SET (there is none), TYPE_MISMATCH. */
  swap(first: string, second: string): void {
    const one = this.require(first);
    const other = this.byName.get(second);
    if (!other) throw new IpSetError("SECOND_SET");
    if (one.type !== other.type) throw new IpSetError("TYPE_MISMATCH");
    this.byName.set(first, other);
    this.byName.set(second, one);
    this.slots[this.slotOf(first)] = { name: first, set: other };
    this.slots[this.slotOf(second)] = { name: second, set: one };
  }

  private slotOf(name: string): number {
    return this.slots.findIndex((slot) => slot?.name === name);
  }

  private require(name: string): IpSet {
    const set = this.byName.get(name);
    if (!set) throw new IpSetError("NO_SUCH_SET");
    return set;
  }

  // ---------------------------------------------------------------- elements

  /** Throws what IpSet.add() throws; what came before the refused element stays. */
  add(name: string, range: ElementRange, extensions: Extensions, exist: boolean): void {
    const set = this.require(name);
    for (const element of elementsOf(set.type, range, set.options.netmask)) {
      set.add(element, extensions, exist);
    }
  }

  delete(name: string, range: ElementRange, exist: boolean): void {
    const set = this.require(name);
    for (const element of elementsOf(set.type, range, set.options.netmask)) {
      try {
        set.delete(element);
      } catch (error) {
        const isMissing = error instanceof IpSetError && error.code === "ELEMENT";
        if (!exist || !isMissing) throw error;
      }
    }
  }

  /** `isNoMatch`: asks for an exception. */
  test(name: string, range: ElementRange, isNoMatch: boolean): boolean {
    const set = this.require(name);
    const entry = set.lookup(firstOf(set.type, range));
    return entry?.isNoMatch === isNoMatch;
  }

  // ---------------------------------------------------------------- lists of sets

  /** Throws MEMBER, LOOP, ELEMENT, REFERENCE_NAME, REFERENCE_MEMBER. */
  addMember(
    list: string,
    name: string,
    placement: Placement | undefined,
    extensions: Extensions,
    exist: boolean,
  ): void {
    const set = this.require(list);
    set.checkExtensions(extensions);
    this.checkMember(name, placement);
    const { members } = set;
    const known = members.findIndex((member) => member.name === name);
    const member: Member = { name, entry: set.newEntry(BLANK_ELEMENT, extensions) };
    if (known >= 0) {
      if (!exist) throw new IpSetError("ELEMENT");
      members[known] = member;
      return;
    }
    if (!placement) {
      members.push(member);
      return;
    }
    const at = members.findIndex((one) => one.name === placement.name);
    if (at < 0) throw new IpSetError("REFERENCE_MEMBER");
    members.splice(placement.side === "before" ? at : at + 1, 0, member);
  }

  deleteMember(list: string, name: string, placement: Placement | undefined, exist: boolean): void {
    const { members } = this.require(list);
    this.checkMember(name, placement);
    const at = members.findIndex((member) => member.name === name);
    if (at < 0) {
      if (exist) return;
      throw new IpSetError("ELEMENT");
    }
    if (placement && !isPlaced(members, at, placement)) throw new IpSetError("REFERENCE_MEMBER");
    members.splice(at, 1);
  }

  testMember(list: string, name: string, placement: Placement | undefined): boolean {
    const { members } = this.require(list);
    this.checkMember(name, placement);
    const at = members.findIndex((member) => member.name === name);
    return at >= 0 && (!placement || isPlaced(members, at, placement));
  }

  private checkMember(name: string, placement: Placement | undefined): void {
    const member = this.byName.get(name);
    if (!member) throw new IpSetError("MEMBER");
    if (member.type.storage === "list") throw new IpSetError("LOOP");
    if (placement && !this.byName.has(placement.name)) throw new IpSetError("REFERENCE_NAME");
  }

  // ---------------------------------------------------------------- packets

  /** Is the packet in the set? The entry that says so. ip_set_test() */
  findPacket(name: string, place: PacketPlace, query: PacketQuery): Entry | undefined {
    const set = this.byName.get(name);
    if (!set) return undefined;
    return set.type.storage === "list"
      ? this.findInList(set, place, query)
      : findInSet(set, place, query);
  }

  private findInList(list: IpSet, place: PacketPlace, query: PacketQuery): Entry | undefined {
    const own = { ...query, updatesCounters: query.updatesSubcounters, wants: ANY };
    for (const { name, entry } of list.members) {
      if (!this.findPacket(name, place, own)) continue;
      if (list.options.counters && query.updatesCounters) count(entry, place);
      if (query.wants(entry.packets, entry.bytes)) return entry;
    }
    return undefined;
  }

  /** `-j SET --add-set`; ip_set_add() */
  addPacket(
    name: string,
    place: PacketPlace,
    directions: readonly SetDirection[],
    timeout: number | undefined,
    exist: boolean,
  ): void {
    this.changeByPacket(name, (set) => {
      const element = elementOfPacket(set.type, place, directions);
      if (!element) return;
      const sized =
        set.type.parts[0] === "net" ? withFirstLength(element, set.packetPrefixLength) : element;
      set.add(sized, extensionsOfPacket(set, place, timeout), exist);
    });
  }

  /** `-j SET --del-set`; ip_set_del() */
  deletePacket(name: string, place: PacketPlace, directions: readonly SetDirection[]): void {
    this.changeByPacket(name, (set) => {
      const element = elementOfPacket(set.type, place, directions);
      if (!element) return;
      const sized =
        set.type.parts[0] === "net" ? withFirstLength(element, set.packetPrefixLength) : element;
      set.delete(sized);
    });
  }

  /** A list of sets passes it on to its members until one takes it. A packet never fails. */
  private changeByPacket(name: string, change: (set: IpSet) => void): void {
    const set = this.byName.get(name);
    if (!set) return;
    const sets =
      set.type.storage === "list" ? set.members.map((one) => this.byName.get(one.name)) : [set];
    for (const one of sets) {
      if (!one) continue;
      try {
        change(one);
        return;
      } catch (error) {
        if (!(error instanceof IpSetError)) throw error;
      }
    }
  }
}

/** The packet that adds an element is the first to be counted; IP_SET_INIT_KEXT(). */
function extensionsOfPacket(
  { options }: IpSet,
  { packet }: PacketPlace,
  timeout: number | undefined,
): Extensions {
  return {
    ...(options.timeout === undefined ? {} : { timeout }),
    ...(options.counters ? { packets: 1, bytes: networkLength(packet) } : {}),
  };
}

function isPlaced(members: readonly Member[], at: number, { side, name }: Placement): boolean {
  return members[side === "before" ? at + 1 : at - 1]?.name === name;
}

function findInSet(set: IpSet, place: PacketPlace, query: PacketQuery): Entry | undefined {
  const entry = entryOfPacket(set, place, query.directions);
  if (!entry) return undefined;
  if (set.options.counters && query.updatesCounters) count(entry, place);
  if (!query.wants(entry.packets, entry.bytes)) return undefined;
  const isWanted =
    hasNetworks(set.type) && query.returnNoMatch ? entry.isNoMatch : !entry.isNoMatch;
  return isWanted ? entry : undefined;
}

function entryOfPacket(
  set: IpSet,
  place: PacketPlace,
  directions: readonly SetDirection[],
): Entry | undefined {
  const element = elementOfPacket(set.type, place, directions);
  if (!element) return undefined;
  try {
    const entry = set.lookup(element);
    if (entry || !element.iface || element.isPhysical) return entry;
    return set.lookup({ ...element, isPhysical: true, iface: physicalName(place) });
  } catch (error) {
    // Out of a bitmap's range, or no address at all.
    if (error instanceof IpSetError) return undefined;
    throw error;
  }
}

/** The bridge port that the packet came in by. */
function physicalName({ netns, packet }: PacketPlace): string {
  return netns.deviceByIndex(packet.physIif)?.name ?? "";
}

function count(entry: Entry, { packet }: PacketPlace): void {
  entry.packets += 1;
  entry.bytes += networkLength(packet);
}
