import { KernelError } from "../../errno.ts";
import type { NodeView } from "../virtual-inode.ts";

/** A sysfs file: one value and a newline. */
export function attribute(read: () => string | number, write?: (text: string) => void): NodeView {
  const text = () => `${read()}\n`;
  if (!write) return { kind: "file", mode: 0o444, read: text };
  return { kind: "file", mode: 0o644, read: text, write: (value) => write(value) };
}

export function link(target: string): NodeView {
  return { kind: "symlink", target: () => target };
}

/** Decimal, or hexadecimal after `0x`, as kstrtoul() takes it. EINVAL. */
export function parseNumber(text: string): number {
  const match = /^\s*(\d+|0[xX][0-9a-fA-F]+)\n?$/.exec(text);
  if (!match) throw new KernelError("EINVAL");
  return Number(match[1]);
}
