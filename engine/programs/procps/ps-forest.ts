/** The order and the branches of `ps f`, --forest and -H. */
import type { ProcessInfo } from "../support/process-list.ts";

export interface Arrangement {
  readonly processes: readonly ProcessInfo[];
  /** By pid: what is drawn before the command. */
  readonly branches: ReadonlyMap<number, string>;
}

/** Children follow their parent, in the order given. */
export function arrange(
  chosen: readonly ProcessInfo[],
  style: { readonly forest: boolean; readonly hierarchy: boolean },
): Arrangement {
  const branches = new Map<number, string>();
  if (!style.forest && !style.hierarchy) return { processes: chosen, branches };
  const present = new Set(chosen.map(({ pid }) => pid));
  const processes: ProcessInfo[] = [];
  const visit = (process: ProcessInfo, own: string, below: string): void => {
    processes.push(process);
    branches.set(process.pid, own);
    const children = chosen.filter(({ ppid, pid }) => ppid === process.pid && pid !== ppid);
    children.forEach((child, index) => {
      if (style.forest) {
        const isLast = index === children.length - 1;
        visit(child, `${below} \\_ `, `${below} ${isLast ? " " : "|"}  `);
      } else visit(child, `${below}  `, `${below}  `);
    });
  };
  for (const process of chosen) {
    if (!present.has(process.ppid)) visit(process, "", "");
  }
  return { processes, branches };
}
