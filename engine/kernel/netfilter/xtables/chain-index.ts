/**
 * Which rules of a long chain can concern a packet at all. kube-proxy's chains have a rule for each
 * Service: a packet need only meet those for its destination. What is left out could not match, so
 * verdicts, counters and what matches remember are as if the packet had met every rule.
 */
import { IPPROTO_TCP, IPPROTO_UDP, type Ipv4Header, type Packet } from "../../../net/packet.ts";
import type { Rule } from "./rule.ts";

/** Shorter chains are walked. */
const LEAST_RULES = 16;

/** So few rules for every packet are merged into each list once; more are merged each time. */
const FEW_REST = 64;

/** One way to tell rules apart. Undefined: the rule is for every packet. */
interface Key {
  ofRule(rule: Rule): number | undefined;
  ofPacket(packet: Packet): number | undefined;
}

const ALL_ONES = 0xffffffff;

const destinationKey: Key = {
  ofRule({ ip: { destination } }) {
    const isOne = destination?.mask === ALL_ONES && !destination.negated;
    return isOne ? destination.address : undefined;
  },
  ofPacket: ({ ip }) => (ip as Ipv4Header).dst,
};

const sourceKey: Key = {
  ofRule({ ip: { source } }) {
    return source?.mask === ALL_ONES && !source.negated ? source.address : undefined;
  },
  ofPacket: ({ ip }) => (ip as Ipv4Header).src,
};

const portKey: Key = {
  ofRule({ ip, matches }) {
    if (ip.protocolNegated || (ip.protocol !== IPPROTO_TCP && ip.protocol !== IPPROTO_UDP)) {
      return undefined;
    }
    // A match that stands before may count packets, so it must see them.
    const first = matches.find(({ definition }) => definition.name !== "comment");
    const port = first?.definition.onlyDestinationPort?.(first.config);
    return port === undefined ? undefined : ip.protocol * 65536 + port;
  },
  ofPacket({ ip, transport }) {
    if (!transport || transport.kind === "icmp") return undefined;
    return (ip as Ipv4Header).protocol * 65536 + transport.dstPort;
  },
};

export class ChainIndex {
  private readonly merged = new Map<number, readonly number[]>();

  private constructor(
    private readonly key: Key,
    /** Key → positions of its rules, in order. */
    private readonly buckets: ReadonlyMap<number, readonly number[]>,
    /** Positions of the rules for every packet. */
    private readonly rest: readonly number[],
  ) {}

  /** Undefined: the chain is short, or its rules have nothing in common. */
  static of(rules: readonly Rule[]): ChainIndex | undefined {
    if (rules.length < LEAST_RULES) return undefined;
    const indexes = [destinationKey, portKey, sourceKey].map((key) => ChainIndex.by(key, rules));
    const best = indexes.reduce((a, b) => (b.cost < a.cost ? b : a));
    return best.cost < rules.length / 2 ? best : undefined;
  }

  private static by(key: Key, rules: readonly Rule[]): ChainIndex {
    const buckets = new Map<number, number[]>();
    const rest: number[] = [];
    for (const [position, rule] of rules.entries()) {
      const value = key.ofRule(rule);
      if (value === undefined) {
        rest.push(position);
        continue;
      }
      const bucket = buckets.get(value);
      if (bucket) bucket.push(position);
      else buckets.set(value, [position]);
    }
    return new ChainIndex(key, buckets, rest);
  }

  /** The most rules that a packet can meet. */
  private get cost(): number {
    let longest = 0;
    for (const { length } of this.buckets.values()) longest = Math.max(longest, length);
    return longest + this.rest.length;
  }

  /** Positions of the rules that the packet meets, in order. */
  positions(packet: Packet): readonly number[] {
    const value = this.key.ofPacket(packet);
    const bucket = value === undefined ? undefined : this.buckets.get(value);
    if (value === undefined || !bucket) return this.rest;
    if (this.rest.length > FEW_REST) return merge(bucket, this.rest);
    let merged = this.merged.get(value);
    if (!merged) {
      merged = merge(bucket, this.rest);
      this.merged.set(value, merged);
    }
    return merged;
  }
}

function merge(bucket: readonly number[], rest: readonly number[]): readonly number[] {
  return [...bucket, ...rest].sort((a, b) => a - b);
}
