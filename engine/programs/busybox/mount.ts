/** mount and df, as far as they only tell. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import { getopt } from "../support/getopt.ts";
import { listMounts, type MountInfo } from "../support/mounts.ts";
import type { Applet } from "./applet.ts";

export const mount: Applet = {
  name: "mount",
  summary: "Show what is mounted",
  directory: "/bin",
  *main(sys, argv) {
    const parsed = getopt(argv, { short: "at:o:fir", long: {} });
    if (!parsed.ok) {
      yield* sys.printError(`${parsed.error}\n`);
      return 1;
    }
    const type = parsed.options.find(({ name }) => name === "t")?.value;
    if (parsed.operands.length > 0 || parsed.options.some(({ name }) => name !== "t")) {
      return yield* refuse(sys, "mounting");
    }
    for (const each of listMounts(sys)) {
      if (type !== undefined && !type.split(",").includes(each.type)) continue;
      yield* sys.print(`${each.source} on ${each.target} type ${each.type} (${each.options})\n`);
    }
    return 0;
  },
};

function* refuse(sys: Sys, what: string): Blocking<number> {
  yield* sys.printError(`mount: Podwire does not model ${what} in BusyBox\n`);
  return 1;
}

const KIB = 1024;

export const df: Applet = {
  name: "df",
  summary: "Print filesystem usage statistics",
  directory: "/bin",
  *main(sys, argv) {
    const parsed = getopt(argv, { short: "kPhTm", long: {} });
    if (!parsed.ok) {
      yield* sys.printError(`${parsed.error}\n`);
      return 1;
    }
    const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
    if (has("T")) {
      yield* sys.printError("df: Podwire does not model the option '-T' of BusyBox\n");
      return 1;
    }
    const unit = has("h")
      ? "     Size"
      : has("m")
        ? "1M-blocks"
        : has("P")
          ? "1024-blocks"
          : "1K-blocks";
    const capacity = has("P") ? "Capacity" : "Use%";
    yield* sys.print(`Filesystem           ${unit}      Used Available ${capacity} Mounted on\n`);
    let status = 0;
    const mounts = listMounts(sys);
    const wanted: MountInfo[] = [];
    for (const path of parsed.operands) {
      try {
        const real = sys.realpath(path);
        const found = mounts
          .filter(
            ({ target }) => target === "/" || real === target || real.startsWith(`${target}/`),
          )
          .reduce<MountInfo | undefined>(
            (best, each) => (best && best.target.length > each.target.length ? best : each),
            undefined,
          );
        if (found) wanted.push(found);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        yield* sys.printError(`df: ${path}: can't find mount point: ${strerror(error.errno)}\n`);
        status = 1;
      }
    }
    for (const each of parsed.operands.length > 0 ? wanted : mounts) {
      const usage = sys.statfs(each.target);
      if (usage.totalBytes === 0) continue;
      yield* sys.print(usageLine(each, usage.totalBytes, usage.usedBytes, has("h"), has("m")));
    }
    return status;
  },
};

function usageLine(
  mount: MountInfo,
  total: number,
  used: number,
  isHuman: boolean,
  inMebibytes: boolean,
): string {
  const size = (bytes: number): string =>
    isHuman ? humanSize(bytes) : String(Math.round(bytes / (inMebibytes ? KIB * KIB : KIB)));
  const name =
    mount.source.length > 20 ? `${mount.source}\n${" ".repeat(20)}` : mount.source.padEnd(20);
  const percent = Math.ceil((used * 100) / total);
  const [all, taken, free] = [total, used, total - used].map((bytes) => size(bytes).padStart(9));
  return `${name} ${all} ${taken} ${free} ${String(percent).padStart(3)}% ${mount.target}\n`;
}

/** `11.8G`, as BusyBox's -h. */
function humanSize(bytes: number): string {
  if (bytes === 0) return "0";
  let value = bytes;
  let unit = -1;
  while (value >= KIB && unit < 4) {
    value /= KIB;
    unit += 1;
  }
  return `${value.toFixed(1)}${"KMGTP".charAt(unit)}`;
}
