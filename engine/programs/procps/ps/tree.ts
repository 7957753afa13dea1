/** Processes in the order of a family tree, and the lines drawn before them. */
import type { ProcessInfo } from "../../support/process-list.ts";

const INIT = 1;

export interface Tree {
  readonly order: readonly ProcessInfo[];
  readonly branch: ReadonlyMap<number, string>;
}

/** `forest`: ` \_ ` as ps f draws; `indented`: two spaces a level as -H. */
export function growTree(processes: readonly ProcessInfo[], style: "forest" | "indented"): Tree {
  const known = new Set(processes.map(({ pid }) => pid));
  const children = new Map<number, ProcessInfo[]>();
  const roots: ProcessInfo[] = [];
  for (const process of processes) {
    // What init started stands at the left, as init itself.
    const parent = style === "forest" && process.ppid === INIT ? undefined : process.ppid;
    if (parent === undefined || !known.has(parent) || parent === process.pid) roots.push(process);
    else children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const order: ProcessInfo[] = [];
  const branch = new Map<number, string>();
  const visit = (process: ProcessInfo, own: string, below: string): void => {
    order.push(process);
    branch.set(process.pid, own);
    const family = children.get(process.pid) ?? [];
    family.forEach((child, index) => {
      if (style === "indented") visit(child, `${below}  `, `${below}  `);
      else visit(child, `${below} \\_ `, `${below}${index < family.length - 1 ? " |  " : "    "}`);
    });
  };
  for (const root of roots) visit(root, "", "");
  return { order, branch };
}
