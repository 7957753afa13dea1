/**
 * Longest prefix match over IPv4 prefixes: a binary trie whose one-way paths are compressed
 * (D. R. Morrison, PATRICIA, 1968). A lookup takes as many steps as there are branchings on the
 * way, about log2 of the number of prefixes.
 */
import { netmask, type Ipv4 } from "../../net/address.ts";

export interface TrieNode<T> {
  /** The prefix, host bits zero, as a signed 32-bit number. */
  readonly key: number;
  readonly length: number;
  readonly mask: number;
  /** Undefined at a mere branching. */
  value: T | undefined;
  parent: TrieNode<T> | undefined;
  zero: TrieNode<T> | undefined;
  one: TrieNode<T> | undefined;
}

export class FibTrie<T> {
  private root: TrieNode<T> | undefined;
  /** Number of prefixes. */
  size = 0;

  /** The longest prefix that contains the address and has a value. */
  match(address: Ipv4): TrieNode<T> | undefined {
    const key = address | 0;
    let node = this.root;
    let best: TrieNode<T> | undefined;
    while (node && ((key ^ node.key) & node.mask) === 0) {
      if (node.value !== undefined) best = node;
      if (node.length === 32) break;
      node = (key << node.length) & 0x80000000 ? node.one : node.zero;
    }
    return best;
  }

  /** The next shorter prefix with a value that contains this one. */
  shorter(node: TrieNode<T>): TrieNode<T> | undefined {
    let up = node.parent;
    while (up && up.value === undefined) up = up.parent;
    return up;
  }

  get(prefix: Ipv4, length: number): TrieNode<T> | undefined {
    const key = prefix | 0;
    let node = this.root;
    while (node && node.length <= length && ((key ^ node.key) & node.mask) === 0) {
      if (node.length === length) return node.value === undefined ? undefined : node;
      node = (key << node.length) & 0x80000000 ? node.one : node.zero;
    }
    return undefined;
  }

  /** `prefix` has its host bits cleared; the prefix has no value yet. */
  insert(prefix: Ipv4, length: number, value: T): TrieNode<T> {
    this.size += 1;
    const key = prefix | 0;
    let parent: TrieNode<T> | undefined;
    let node = this.root;
    while (node && node.length <= length && ((key ^ node.key) & node.mask) === 0) {
      if (node.length === length) {
        node.value = value;
        return node;
      }
      parent = node;
      node = (key << node.length) & 0x80000000 ? node.one : node.zero;
    }
    const leaf = newNode(key, length, value);
    if (!node) {
      this.attach(parent, leaf);
      return leaf;
    }
    const common = Math.min(Math.clz32(key ^ node.key), length, node.length);
    if (common === length) {
      this.attach(parent, leaf);
      this.attach(leaf, node);
      return leaf;
    }
    const branching = newNode<T>(key & netmask(common), common, undefined);
    this.attach(parent, branching);
    this.attach(branching, leaf);
    this.attach(branching, node);
    return leaf;
  }

  remove(node: TrieNode<T>): void {
    this.size -= 1;
    node.value = undefined;
    let idle: TrieNode<T> | undefined = node;
    // Take out what neither holds a value nor branches.
    while (idle && idle.value === undefined && !(idle.zero && idle.one)) {
      const parent: TrieNode<T> | undefined = idle.parent;
      const child = idle.zero ?? idle.one;
      if (child) {
        this.replace(parent, idle, child);
        return;
      }
      this.replace(parent, idle, undefined);
      idle = parent;
    }
  }

  /** Every prefix with a value, by key and then the longest first, as the kernel dumps a table. */
  *nodes(): Generator<TrieNode<T>> {
    const found: TrieNode<T>[] = [];
    const pending = this.root ? [this.root] : [];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (node.value !== undefined) found.push(node);
      if (node.zero) pending.push(node.zero);
      if (node.one) pending.push(node.one);
    }
    found.sort((a, b) => (a.key >>> 0) - (b.key >>> 0) || b.length - a.length);
    yield* found;
  }

  private attach(parent: TrieNode<T> | undefined, child: TrieNode<T>): void {
    child.parent = parent;
    if (!parent) this.root = child;
    else if ((child.key << parent.length) & 0x80000000) parent.one = child;
    else parent.zero = child;
  }

  private replace(
    parent: TrieNode<T> | undefined,
    old: TrieNode<T>,
    child: TrieNode<T> | undefined,
  ): void {
    if (child) child.parent = parent;
    if (!parent) this.root = child;
    else if (parent.zero === old) parent.zero = child;
    else parent.one = child;
  }
}

function newNode<T>(key: number, length: number, value: T | undefined): TrieNode<T> {
  const mask = netmask(length) | 0;
  return { key, length, mask, value, parent: undefined, zero: undefined, one: undefined };
}
