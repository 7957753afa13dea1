/** The mounts of this process, from /proc/self/mounts. */
import type { Sys } from "../../kernel/process/sys.ts";

export interface MountInfo {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

export function listMounts(sys: Sys): readonly MountInfo[] {
  const plain = (text: string) =>
    text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
  return sys
    .readTextFile("/proc/self/mounts")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [source = "", target = "", type = "", options = ""] = line.split(" ");
      return { source: plain(source), target: plain(target), type, options };
    });
}
