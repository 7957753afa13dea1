/**
 * /proc/net/fib_trie: the kernel's level-compressed trie, which this file builds for the occasion
 * out of the routes. Linux net/ipv4/fib_trie.c: resize(), inflate(), halve().
 */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import { TABLE_LOCAL, TABLE_MAIN } from "../rtnetlink/messages.ts";
import type { FibAlias } from "./fib-info.ts";
import { scopeName } from "../rtnetlink/scopes.ts";

/** A key and the prefixes that start there, the longest first. */
interface Leaf {
  readonly kind: "leaf";
  readonly key: number;
  readonly aliases: { readonly length: number; readonly alias: FibAlias }[];
}

/** `bits` bits of the key, from bit `position` up, choose the child. */
interface Inner {
  readonly kind: "inner";
  readonly key: number;
  readonly position: number;
  readonly bits: number;
  readonly children: (Node | undefined)[];
}

type Node = Leaf | Inner;

/** In percent; the root is kept wider. */
const INFLATE_THRESHOLD = 50;
const INFLATE_THRESHOLD_ROOT = 30;
const HALVE_THRESHOLD = 25;
const HALVE_THRESHOLD_ROOT = 15;
const MAX_WORK = 10;

export function fibTrieFile(netns: NetNamespace): string {
  const { fib } = netns;
  // While nobody touches the rules, main and local share one trie.
  const ids = fib.rules.areCustom ? undefined : [TABLE_MAIN, TABLE_LOCAL];
  const parts: string[] = [];
  for (const [title, id] of [
    ["Main", TABLE_MAIN],
    ["Local", TABLE_LOCAL],
  ] as const) {
    const root = build(netns, ids ?? [id]);
    parts.push(`${title}:\n${root ? print(root, 1) : ""}`);
  }
  return parts.join("");
}

function build(netns: NetNamespace, ids: readonly number[]): Node | undefined {
  const leaves = new Map<number, Leaf>();
  for (const id of ids) {
    for (const { prefix, length, alias } of netns.fib.tables.get(id)?.entries() ?? []) {
      const leaf = leaves.get(prefix) ?? { kind: "leaf", key: prefix, aliases: [] };
      leaf.aliases.push({ length, alias });
      leaves.set(prefix, leaf);
    }
  }
  for (const leaf of leaves.values()) leaf.aliases.sort((a, b) => b.length - a.length);
  let root: Node | undefined;
  // The shape depends on the order in which the keys came.
  const age = ({ aliases }: Leaf): number =>
    Math.min(...aliases.map(({ alias }) => alias.sequence));
  for (const leaf of [...leaves.values()].sort((a, b) => age(a) - age(b))) {
    root = root ? insert(root, leaf, true) : leaf;
  }
  return root;
}

function indexIn(node: Inner, key: number): number {
  return ((key >>> node.position) & (2 ** node.bits - 1)) >>> 0;
}

/** The bits of a key above a position. */
function above(key: number, position: number): number {
  return position >= 32 ? 0 : ((key >>> position) << position) >>> 0;
}

function insert(node: Node, leaf: Leaf, isRoot: boolean): Node {
  const differs =
    node.kind === "leaf" || above(node.key ^ leaf.key, node.position + node.bits) !== 0;
  if (differs) {
    const position = 31 - Math.clz32(node.key ^ leaf.key);
    const children: (Node | undefined)[] = [undefined, undefined];
    children[(leaf.key >>> position) & 1] = leaf;
    children[(node.key >>> position) & 1] = node;
    const key = above(leaf.key, position + 1);
    return resize({ kind: "inner", key, position, bits: 1, children }, isRoot);
  }
  const index = indexIn(node, leaf.key);
  const child = node.children[index];
  const children = [...node.children];
  children[index] = child ? insert(child, leaf, false) : leaf;
  return resize({ ...node, children }, isRoot);
}

/** A child that starts right below: it could be merged into its parent. */
function isFull(parent: Inner, child: Node | undefined): child is Inner {
  return child?.kind === "inner" && child.position + child.bits === parent.position;
}

function shouldInflate(node: Inner, isRoot: boolean): boolean {
  const size = node.children.length;
  const threshold = size * (isRoot ? INFLATE_THRESHOLD_ROOT : INFLATE_THRESHOLD);
  const used = node.children.filter(Boolean).length;
  const full = node.children.filter((child) => isFull(node, child)).length;
  return used > 1 && node.position > 0 && 50 * (used + full) >= threshold;
}

function shouldHalve(node: Inner, isRoot: boolean): boolean {
  const size = node.children.length;
  const threshold = size * (isRoot ? HALVE_THRESHOLD_ROOT : HALVE_THRESHOLD);
  const used = node.children.filter(Boolean).length;
  return used > 1 && node.bits > 1 && 100 * used < threshold;
}

function resize(wanted: Inner, isRoot: boolean): Node {
  let node = wanted;
  for (let work = 0; work < MAX_WORK && shouldInflate(node, isRoot); work++) {
    node = resizeChildren(inflate(node));
  }
  if (node !== wanted) return node;
  for (let work = 0; work < MAX_WORK && shouldHalve(node, isRoot); work++) {
    node = resizeChildren(halve(node));
  }
  const used = node.children.filter(Boolean);
  return used.length === 1 ? (used[0] as Node) : node;
}

/** Those that start right below get their chance after each step. */
function resizeChildren(node: Inner): Inner {
  const children = node.children.map((child) =>
    isFull(node, child) ? resize(child, false) : child,
  );
  return { ...node, children };
}

/** One more bit: twice the children. */
function inflate(node: Inner): Inner {
  const position = node.position - 1;
  const children: (Node | undefined)[] = [];
  for (const child of node.children) {
    if (!child) children.push(undefined, undefined);
    else if (!isFull(node, child)) {
      const bit = (child.key >>> position) & 1;
      children.push(bit ? undefined : child, bit ? child : undefined);
    } else if (child.bits === 1) children.push(child.children[0], child.children[1]);
    else {
      const half = child.children.length / 2;
      const bits = child.bits - 1;
      const key = child.key;
      const upperKey = (key | (2 ** (child.position + bits))) >>> 0;
      children.push(
        { ...child, bits, children: child.children.slice(0, half) },
        { ...child, key: upperKey, bits, children: child.children.slice(half) },
      );
    }
  }
  return { ...node, position, bits: node.bits + 1, children };
}

/** One bit less: pairs of children get a node of their own. */
function halve(node: Inner): Inner {
  const children: (Node | undefined)[] = [];
  for (let i = 0; i < node.children.length; i += 2) {
    const zero = node.children[i];
    const one = node.children[i + 1];
    if (!zero || !one) children.push(zero ?? one);
    else {
      const { position } = node;
      const key = above(zero.key, position + 1);
      children.push({ kind: "inner", key, position, bits: 1, children: [zero, one] });
    }
  }
  return { ...node, position: node.position + 1, bits: node.bits - 1, children };
}

/** fib_trie_seq_show() */
function print(node: Node, depth: number): string {
  const indent = "   ".repeat(depth - 1) + "  ";
  if (node.kind === "inner") {
    const length = 32 - node.position - node.bits;
    const full = node.children.filter((child) => isFull(node, child)).length;
    const empty = node.children.filter((child) => !child).length;
    const line = `${indent}+-- ${formatIpv4(node.key as Ipv4)}/${length} ${node.bits} ${full} ${empty}\n`;
    return line + node.children.map((child) => (child ? print(child, depth + 1) : "")).join("");
  }
  const lines = node.aliases.map(({ length, alias }) => {
    const scope = scopeName(alias.info.scope);
    const word = scope === "global" ? "universe" : scope;
    const tos = alias.tos ? ` tos=${alias.tos}` : "";
    return `${indent}   /${length} ${word} ${alias.info.type.toUpperCase()}${tos}\n`;
  });
  return `${indent}|-- ${formatIpv4(node.key as Ipv4)}\n${lines.join("")}`;
}
