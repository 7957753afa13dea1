/** The token buckets of one `-m hashlimit` name. Linux net/netfilter/xt_hashlimit.c, of a 250 Hz kernel. */
import { formatIpv4, type Ipv4 } from "../../../net/address.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { NetNamespace } from "../../netns.ts";
import type { NamedState } from "../xtables/named-states.ts";

const HZ = 250n;
const NS_PER_JIFFY = 4_000_000;
/** XT_HASHLIMIT_SCALE_v2: averages are in microseconds. */
const SCALE = 1_000_000n;
/** CREDITS_PER_JIFFY: the power of two below 2^64 / (jiffies of a day). */
const CREDITS_PER_JIFFY = 1n << 39n;
const CREDITS_PER_MICROSECOND = (HZ * CREDITS_PER_JIFFY) / SCALE;
/** CREDITS_PER_JIFFY_BYTES */
const BYTE_CREDITS_PER_JIFFY = 1n << 24n;
const FULL_BYTE_CREDIT = BYTE_CREDITS_PER_JIFFY * HZ;
const BYTE_SHIFT = 4;

export interface HashlimitRate {
  readonly isBytes: boolean;
  /** Microseconds between packets, or the cost of 16 bytes. */
  readonly average: number;
  /** Packets, or refills of the bucket. */
  readonly burst: number;
  readonly maxEntries: number;
  readonly expireNs: Ns;
}

export interface HashlimitKey {
  readonly src: Ipv4;
  readonly srcPort: number;
  readonly dst: Ipv4;
  readonly dstPort: number;
}

interface Bucket {
  readonly key: HashlimitKey;
  credit: bigint;
  /** How much fits; in bytes: how many refills are left. */
  cap: bigint;
  readonly cost: bigint;
  sinceNs: Ns;
  expiresNs: Ns;
}

const jiffies = (ns: Ns): number => Math.floor(ns / NS_PER_JIFFY);
const atMost = (value: bigint, limit: bigint): bigint => (value > limit ? limit : value);

export class HashlimitTable implements NamedState {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: HashlimitRate,
    private readonly netns: NetNamespace,
  ) {}

  /** Is the packet within the limit? It is paid for then. hashlimit_mt_common() */
  takes(key: HashlimitKey, bytes: number): boolean {
    const bucket = this.bucketOf(key);
    if (!bucket) return false;
    const cost = this.rate.isBytes ? this.byteCost(bucket, bytes) : bucket.cost;
    if (bucket.credit < cost) return false;
    bucket.credit -= cost;
    return true;
  }

  private bucketOf(key: HashlimitKey): Bucket | undefined {
    const { nowNs } = this.netns.sim;
    const { expireNs, maxEntries } = this.rate;
    const name = `${key.src}:${key.srcPort}>${key.dst}:${key.dstPort}`;
    let bucket = this.buckets.get(name);
    if (bucket && bucket.expiresNs <= nowNs) bucket = undefined;
    if (!bucket) {
      this.forgetOld();
      if (this.buckets.size >= maxEntries) return undefined;
      bucket = this.newBucket(key, nowNs);
      this.buckets.set(name, bucket);
    } else this.refill(bucket, nowNs);
    bucket.expiresNs = nowNs + expireNs;
    return bucket;
  }

  /** rateinfo_init() */
  private newBucket(key: HashlimitKey, nowNs: Ns): Bucket {
    const { isBytes, average, burst } = this.rate;
    const common = { key, sinceNs: nowNs, expiresNs: nowNs };
    if (isBytes) {
      const cost = (BigInt(average) * FULL_BYTE_CREDIT) >> 32n;
      return { ...common, credit: FULL_BYTE_CREDIT, cap: BigInt(burst), cost };
    }
    const cost = BigInt(average) * CREDITS_PER_MICROSECOND;
    const full = cost * BigInt(burst);
    return { ...common, credit: full, cap: full, cost };
  }

  /** rateinfo_recalc() */
  private refill(bucket: Bucket, nowNs: Ns): void {
    const passed = jiffies(nowNs) - jiffies(bucket.sinceNs);
    if (passed === 0) return;
    bucket.sinceNs = nowNs;
    const { isBytes } = this.rate;
    const earned = BigInt(passed) * (isBytes ? BYTE_CREDITS_PER_JIFFY : CREDITS_PER_JIFFY);
    bucket.credit = atMost(bucket.credit + earned, isBytes ? FULL_BYTE_CREDIT : bucket.cap);
  }

  /** hashlimit_byte_cost() */
  private byteCost(bucket: Bucket, bytes: number): bigint {
    const chunks = BigInt((bytes >> BYTE_SHIFT) + 1);
    const cost = atMost(chunks * bucket.cost, FULL_BYTE_CREDIT);
    if (bucket.credit < cost && bucket.cap > 0n) {
      bucket.cap -= 1n;
      bucket.credit = FULL_BYTE_CREDIT;
    }
    return cost;
  }

  private forgetOld(): void {
    const { nowNs } = this.netns.sim;
    for (const [name, { expiresNs }] of this.buckets) {
      if (expiresNs <= nowNs) this.buckets.delete(name);
    }
  }

  print(): string {
    this.forgetOld();
    const { nowNs } = this.netns.sim;
    return [...this.buckets.values()]
      .map((bucket) => {
        const { key, cap, cost } = bucket;
        this.refill(bucket, nowNs);
        const seconds = Math.floor((bucket.expiresNs - nowNs) / SECOND);
        const from = `${formatIpv4(key.src)}:${key.srcPort}`;
        const to = `${formatIpv4(key.dst)}:${key.dstPort}`;
        return `${seconds} ${from}->${to} ${bucket.credit} ${cap} ${cost}\n`;
      })
      .join("");
  }
}
