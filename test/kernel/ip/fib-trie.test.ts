import fc from "fast-check";
import { expect, test } from "vitest";
import { networkOf, type Ipv4 } from "../../../engine/net/address.ts";
import { FibTrie } from "../../../engine/kernel/ip/fib-trie.ts";

interface Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

/** Few distinct high bits, so that prefixes nest. */
const address = fc
  .tuple(fc.constantFrom(0x0a000000, 0x0a800000, 0xc0a80000, 0), fc.integer({ min: 0, max: 4095 }))
  .map(([high, low]) => ((high | (low << 8) | (low & 255)) >>> 0) as Ipv4);

const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(address, fc.integer({ min: 0, max: 32 }))
  .map(([one, length]) => ({ address: networkOf(one, length), length }));

function longest(prefixes: readonly Prefix[], wanted: Ipv4): number | undefined {
  const matching = prefixes.filter((one) => networkOf(wanted, one.length) === one.address);
  return matching.length === 0 ? undefined : Math.max(...matching.map(({ length }) => length));
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((one) => [`${one.address}/${one.length}`, one])).values()];
}

test("the trie finds what looking at every prefix finds, also after removals", () => {
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 60 }),
      fc.array(fc.nat(100), { maxLength: 30 }),
      fc.array(address, { minLength: 1, maxLength: 40 }),
      (all, removals, wanted) => {
        const trie = new FibTrie<string>();
        let present = distinct(all);
        for (const one of present) trie.insert(one.address, one.length, `${one.length}`);
        for (const at of removals) {
          const victim = present[at];
          if (!victim) continue;
          const node = trie.get(victim.address, victim.length);
          expect(node).toBeDefined();
          if (node) trie.remove(node);
          present = present.filter((one) => one !== victim);
        }
        expect(trie.size).toBe(present.length);
        for (const one of wanted) {
          expect(trie.match(one)?.length).toBe(longest(present, one));
        }
      },
    ),
  );
});

test("shorter prefixes of an address come one after another", () => {
  const trie = new FibTrie<number>();
  for (const length of [0, 8, 16, 24]) {
    trie.insert(networkOf(0x0a010203 as Ipv4, length), length, length);
  }
  const lengths: number[] = [];
  for (let node = trie.match(0x0a010204 as Ipv4); node; node = trie.shorter(node)) {
    lengths.push(node.length);
  }
  expect(lengths).toEqual([24, 16, 8, 0]);
});

test("a table is dumped by key, and prefixes of one key the longest first", () => {
  const trie = new FibTrie<string>();
  for (const [key, length] of [
    [0, 0],
    [0xc0a80000, 16],
    [0x0a000000, 8],
    [0x0a000000, 24],
    [0x0a000001, 32],
  ] as const) {
    trie.insert(key as Ipv4, length, "");
  }
  expect(Array.from(trie.nodes(), ({ key, length }) => [key >>> 0, length])).toEqual([
    [0, 0],
    [0x0a000000, 24],
    [0x0a000000, 8],
    [0x0a000001, 32],
    [0xc0a80000, 16],
  ]);
});
