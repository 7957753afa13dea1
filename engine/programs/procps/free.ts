import type { Sys } from "../../kernel/process/sys.ts";
import { defineTool } from "../support/tool.ts";
import { parseDuration, secondsToNs } from "../support/numbers.ts";

/** Bytes of one unit, by option. */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  tebi: 1024 ** 4,
  pebi: 1024 ** 5,
  kilo: 1000,
  mega: 1000 ** 2,
  giga: 1000 ** 3,
  tera: 1000 ** 4,
  peta: 1000 ** 5,
};

export const free = defineTool({
  name: "free",
  package: "procps",
  summary: "display amount of free and used memory in the system",
  usage: ["[options]"],
  options: [
    ["-b, --bytes", "show output in bytes"],
    ["--kilo", "show output in kilobytes"],
    ["--mega", "show output in megabytes"],
    ["--giga", "show output in gigabytes"],
    ["--tera", "show output in terabytes"],
    ["--peta", "show output in petabytes"],
    ["-k, --kibi", "show output in kibibytes"],
    ["-m, --mebi", "show output in mebibytes"],
    ["-g, --gibi", "show output in gibibytes"],
    ["--tebi", "show output in tebibytes"],
    ["--pebi", "show output in pebibytes"],
    ["-h, --human", "show human-readable output"],
    ["--si", "use powers of 1000 not 1024"],
    ["-t, --total", "show total for RAM + swap"],
    ["-s, --seconds=N", "repeat printing every N seconds"],
    ["-c, --count=N", "repeat printing N times, then exit"],
  ],
  unmodelled: ["-l", "--lohi", "-v", "--committed", "-w", "--wide"],
  limitations: ["Memory is not emulated: the figures are fixed."],
  *run(tool, args) {
    const interval = args.value("s");
    const seconds = interval === undefined ? undefined : parseDuration(interval);
    if (interval !== undefined && !seconds)
      throw tool.fail(`seconds argument failed: '${interval}'`);
    const count = args.value("c");
    if (count !== undefined && !/^[1-9]\d*$/.test(count))
      throw tool.fail(`failed to parse count argument: '${count}'`);
    let left = count === undefined ? (seconds === undefined ? 1 : Infinity) : Number(count);
    const unit = args.lastOf(...Object.keys(UNITS)) ?? "k";
    const show = (kb: number) =>
      args.has("h")
        ? human(kb, args.has("si"))
        : String(Math.floor((kb * 1024) / (UNITS[unit] as number)));
    for (;;) {
      for (const line of memoryTable(tool.sys, show, args.has("t"))) yield* tool.print(`${line}\n`);
      left -= 1;
      if (left <= 0) return;
      yield* tool.print("\n");
      yield* tool.out.flush();
      yield* tool.sys.sleep(secondsToNs(seconds ?? 1));
    }
  },
});

function memoryTable(sys: Sys, show: (kb: number) => string, total: boolean): readonly string[] {
  const text = sys.readTextFile("/proc/meminfo");
  const value = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  const cache = value("Buffers") + value("Cached") + value("SReclaimable");
  const memory = [
    value("MemTotal"),
    value("MemTotal") - value("MemAvailable"),
    value("MemFree"),
    value("Shmem"),
    cache,
    value("MemAvailable"),
  ];
  const swap = [value("SwapTotal"), value("SwapTotal") - value("SwapFree"), value("SwapFree")];
  const row = (title: string, cells: readonly string[]) =>
    title.padEnd(8) + cells.map((cell, index) => cell.padStart(index === 0 ? 12 : 12)).join("");
  const lines = [
    row("", ["total", "used", "free", "shared", "buff/cache", "available"]),
    row("Mem:", memory.map(show)),
    row("Swap:", swap.map(show)),
  ];
  if (total)
    lines.push(
      row(
        "Total:",
        swap.map((amount, index) => show(amount + (memory[index] as number))),
      ),
    );
  return lines;
}

/** `1.7Gi`, `28Mi`, `0B` */
function human(kb: number, decimal: boolean): string {
  const base = decimal ? 1000 : 1024;
  let value = kb * 1024;
  let power = 0;
  while (value >= base && power < 5) {
    value /= base;
    power += 1;
  }
  const unit = power === 0 ? "B" : `${"KMGTP"[power - 1]}${decimal ? "" : "i"}`;
  return value < 10 && power > 0 ? `${value.toFixed(1)}${unit}` : `${Math.floor(value)}${unit}`;
}
