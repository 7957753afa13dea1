/** One set: its elements, and what is asked of them. Linux net/netfilter/ipset/ip_set_hash_gen.h. */
import { netmask } from "../../../net/address.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { Simulation } from "../../../sim/simulation.ts";
import {
  elementKey,
  withFirstLength,
  withSecondLength,
  type Element,
  type ElementKey,
} from "./element.ts";
import { IpSetError } from "./error.ts";
import { PrefixLengths } from "./prefix-lengths.ts";
import { dimensionOf, hasNetworks, type SetType } from "./set-type.ts";

/** What `create` was told; a bitmap has a range, a hash has sizes. */
export interface SetOptions {
  readonly hashSize: number;
  readonly maxElements: number;
  readonly netmask: number | undefined;
  readonly markmask: number | undefined;
  /** Inclusive: addresses or ports of a bitmap. */
  readonly range: { readonly from: number; readonly to: number };
  /** Of a list. */
  readonly listSize: number;
  /** Seconds; 0 is for ever; undefined: no timeouts. */
  readonly timeout: number | undefined;
  readonly counters: boolean;
  readonly comment: boolean;
  readonly skbinfo: boolean;
  readonly bucketSize: number;
  readonly initval: number;
}

export interface SkbInfo {
  readonly mark: number;
  readonly mask: number;
  /** Major × 65536 + minor. */
  readonly priority: number;
  readonly queue: number;
}

/** What may be said of an element when it is added. */
export interface Extensions {
  readonly timeout?: number | undefined;
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
  readonly comment?: string | undefined;
  readonly skbinfo?: SkbInfo | undefined;
  readonly isNoMatch?: boolean;
}

export interface Entry {
  readonly element: Element;
  isNoMatch: boolean;
  /** Infinity: for ever. */
  expiresNs: Ns;
  packets: number;
  bytes: number;
  comment: string;
  skbinfo: SkbInfo;
}

const NO_SKBINFO: SkbInfo = { mark: 0, mask: 0, priority: 0, queue: 0 };

/** AHASH_INIT_SIZE: a bucket has room for two. */
const BUCKET_ROOM = 2;
/** struct hbucket, struct ip_set_region, struct ip_set_comment_rcu. */
const BUCKET_BYTES = 32;
const REGION_BYTES = 24;
const COMMENT_BYTES = 17;

export class IpSet {
  private readonly entries = new Map<ElementKey, Entry>();
  /** Prefix lengths in use, of the first and of the second network. */
  private readonly lengths = [new PrefixLengths(), new PrefixLengths()] as const;
  /** In order; of a list. */
  readonly members: Member[] = [];

  constructor(
    private readonly sim: Simulation,
    readonly type: SetType,
    readonly options: SetOptions,
  ) {}

  /** How many directions a rule should name. */
  get dimension(): number {
    return dimensionOf(this.type);
  }

  // ---------------------------------------------------------------- elements

  list(): readonly Entry[] {
    this.sweep();
    const all = [...this.entries.values()];
    if (this.type.storage !== "bitmap") return all;
    return all.sort((a, b) => this.position(a.element) - this.position(b.element));
  }

  get size(): number {
    this.sweep();
    return this.type.storage === "list" ? this.members.length : this.entries.size;
  }

  /** Throws ELEMENT (it is there), FULL, OUT_OF_RANGE …; `exist` replaces what is there. */
  add(element: Element, extensions: Extensions, exist: boolean): void {
    this.checkExtensions(extensions);
    const normal = this.normalise(element);
    const key = elementKey(this.type, normal);
    const known = this.find(key);
    if (known && !exist) throw new IpSetError("ELEMENT");
    if (!known) this.makeRoom();
    const entry = this.newEntry(normal, extensions, known);
    this.entries.set(key, entry);
    if (!known) this.countLengths(normal, 1);
  }

  /** Throws ELEMENT: it is not there. */
  delete(element: Element): void {
    const normal = this.normalise(element);
    const key = elementKey(this.type, normal);
    if (!this.find(key)) throw new IpSetError("ELEMENT");
    this.remove(key, normal);
  }

  flush(): void {
    this.entries.clear();
    this.members.length = 0;
    for (const lengths of this.lengths) lengths.clear();
  }

  /**
   * The entry an element falls into, undefined if none. Networks given as single addresses match
   * the longest prefix in the set; others must be there as they are.
   */
  lookup(element: Element): Entry | undefined {
    const { type } = this;
    if (!hasNetworks(type)) return this.find(elementKey(type, this.normalise(element)));
    const isExact =
      (type.parts[0] === "net" && element.length < 32) ||
      (type.parts.at(-1) === "net" && type.parts.length > 1 && element.length2 < 32);
    return isExact ? this.find(elementKey(type, element)) : this.longestMatch(element);
  }

  /** mtype_test_cidrs() */
  private longestMatch(element: Element): Entry | undefined {
    const [firstLengths, secondLengths] = this.lengths;
    if (this.type.parts[0] !== "net") {
      return this.eachLength(secondLengths, element, withSecondLength);
    }
    const hasSecond = this.type.parts.filter((part) => part === "net").length > 1;
    if (!hasSecond) return this.eachLength(firstLengths, element, withFirstLength);
    for (const length of firstLengths.descending) {
      const narrowed = withFirstLength(element, length);
      const entry = this.eachLength(secondLengths, narrowed, withSecondLength);
      if (entry) return entry;
    }
    return undefined;
  }

  private eachLength(
    lengths: PrefixLengths,
    element: Element,
    narrow: (element: Element, length: number) => Element,
  ): Entry | undefined {
    for (const length of lengths.descending) {
      const entry = this.find(elementKey(this.type, narrow(element, length)));
      if (entry) return entry;
    }
    return undefined;
  }

  /** The prefix length that a packet's address is added with. hash_net4_kadt() */
  get packetPrefixLength(): number {
    return this.lengths[0].descending[0] ?? 32;
  }

  private find(key: ElementKey): Entry | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.expiresNs > this.sim.nowNs) return entry;
    this.remove(key, entry.element);
    return undefined;
  }

  private remove(key: ElementKey, element: Element): void {
    this.entries.delete(key);
    this.countLengths(element, -1);
  }

  private countLengths(element: Element, by: 1 | -1): void {
    const { parts } = this.type;
    if (parts[0] === "net") this.lengths[0].count(element.length, by);
    if (parts.length > 1 && parts.at(-1) === "net") this.lengths[1].count(element.length2, by);
  }

  private sweep(): void {
    if (this.options.timeout === undefined) return;
    const { nowNs } = this.sim;
    for (const [key, entry] of this.entries) {
      if (entry.expiresNs <= nowNs) this.remove(key, entry.element);
    }
    const living = this.members.filter(({ entry }) => entry.expiresNs > nowNs);
    if (living.length < this.members.length) this.members.splice(0, Infinity, ...living);
  }

  private makeRoom(): void {
    if (this.type.storage !== "hash" || this.entries.size < this.options.maxElements) return;
    this.sweep();
    if (this.entries.size >= this.options.maxElements) throw new IpSetError("FULL");
  }

  /** The element as it is stored: masked, within the range. */
  private normalise(element: Element): Element {
    const { type, options } = this;
    if (type.storage === "bitmap") {
      const position = type.name === "bitmap:port" ? element.port : element.address;
      if (position < options.range.from || position > options.range.to) {
        throw new IpSetError("OUT_OF_RANGE");
      }
    }
    let normal = element;
    if (options.netmask !== undefined) {
      normal = { ...normal, address: (normal.address & netmask(options.netmask)) >>> 0 };
    }
    if (options.markmask !== undefined) {
      normal = { ...normal, mark: (normal.mark & options.markmask) >>> 0 };
    }
    const isNull =
      (type.name === "hash:ip" && normal.address === 0) ||
      (type.storage === "hash" && type.parts.includes("mac") && normal.mac === 0);
    if (isNull) throw new IpSetError("NULL_ELEMENT");
    return normal;
  }

  private position({ address, port }: Element): number {
    return this.type.name === "bitmap:port" ? port : address;
  }

  // ---------------------------------------------------------------- extensions

  checkExtensions({ timeout, packets, bytes, comment, skbinfo }: Extensions): void {
    const { options } = this;
    if (timeout !== undefined && options.timeout === undefined) throw new IpSetError("TIMEOUT");
    const counts = packets !== undefined || bytes !== undefined;
    if (counts && !options.counters) throw new IpSetError("COUNTER");
    if (comment !== undefined && !options.comment) throw new IpSetError("COMMENT");
    if (skbinfo && !options.skbinfo) throw new IpSetError("SKBINFO");
  }

  /** Of the entry it replaces, only the counters stay. */
  newEntry(element: Element, extensions: Extensions, known?: Entry): Entry {
    const timeout = extensions.timeout ?? this.options.timeout ?? 0;
    return {
      element,
      isNoMatch: extensions.isNoMatch ?? false,
      expiresNs: timeout === 0 ? Infinity : this.sim.nowNs + timeout * SECOND,
      packets: extensions.packets ?? known?.packets ?? 0,
      bytes: extensions.bytes ?? known?.bytes ?? 0,
      comment: extensions.comment ?? "",
      skbinfo: extensions.skbinfo ?? NO_SKBINFO,
    };
  }

  /** ip_set_timeout_get(): 0 is for ever. */
  remainingSeconds({ expiresNs }: Entry): number {
    if (expiresNs === Infinity) return 0;
    return Math.max(1, Math.floor((expiresNs - this.sim.nowNs) / SECOND));
  }

  // ---------------------------------------------------------------- memory

  /** Bytes, as `Size in memory:` shows them while no two elements share a bucket. */
  get memoryBytes(): number {
    const { type, options } = this;
    const entries = type.storage === "list" ? this.members.map(({ entry }) => entry) : this.list();
    let comments = 0;
    for (const { comment } of entries)
      if (comment !== "") comments += COMMENT_BYTES + comment.length;
    const own = type.memory.set + comments;
    const element = this.elementBytes();
    if (type.storage === "list") return own + element * entries.length;
    if (type.storage === "hash") {
      const regions = Math.max(1, options.hashSize / 1024) - 1;
      return own + regions * REGION_BYTES + entries.length * (BUCKET_BYTES + BUCKET_ROOM * element);
    }
    const step = options.netmask === undefined ? 1 : 2 ** (32 - options.netmask);
    const positions = (options.range.to - options.range.from + 1) / step;
    return own + Math.ceil(positions / 64) * 8 + positions * element;
  }

  /** ip_set_elem_len() */
  private elementBytes(): number {
    const { timeout, counters, comment, skbinfo } = this.options;
    let bytes = this.type.memory.element;
    const add = (size: number, alignment: number): void => {
      bytes = Math.ceil(bytes / alignment) * alignment + size;
    };
    if (counters) add(16, 8);
    if (timeout !== undefined) add(8, 8);
    if (skbinfo) add(16, 4);
    if (comment) add(8, 8);
    return bytes;
  }
}

export interface Member {
  readonly name: string;
  readonly entry: Entry;
}
