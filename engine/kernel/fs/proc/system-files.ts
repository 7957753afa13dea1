/** The files of /proc that tell of the whole machine, proc(5). */
import type { Kernel } from "../../kernel.ts";
import type { PidNamespace } from "../../process/pid-namespace.ts";
import type { Ns } from "../../../sim/clock.ts";
import { readOnlyFile, type NodeView } from "../virtual-inode.ts";

/** USER_HZ: the unit of times in /proc. */
const TICK_NS = 10_000_000;

/** What an emulated machine is said to have: memory is not emulated. */
const MEMORY_TOTAL_KB = 1_014_912;
const MEMORY_FREE_KB = 761_184;

export function ticks(durationNs: Ns): number {
  return Math.floor(durationNs / TICK_NS);
}

export function systemFiles(
  kernel: Kernel,
  seenBy: PidNamespace,
  load: LoadAverage,
): Record<string, NodeView> {
  return {
    cmdline: readOnlyFile(
      () => `BOOT_IMAGE=/boot/vmlinuz-${kernel.release.release} root=/dev/vda1 ro quiet\n`,
    ),
    cpuinfo: readOnlyFile(cpuInfo),
    filesystems: readOnlyFile(
      () => "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\n\text4\n",
    ),
    loadavg: readOnlyFile(() => {
      const processes = kernel.processes.list();
      const running = processes.filter((process) => process.state === "R").length;
      return `${load.text()} ${running}/${processes.length} ${seenBy.latest}\n`;
    }),
    meminfo: readOnlyFile(memoryInfo),
    stat: readOnlyFile(() => statistics(kernel)),
    swaps: readOnlyFile(() => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    uptime: readOnlyFile(() => {
      const idleNs = Math.max(0, kernel.uptimeNs * PROCESSORS - kernel.scheduler.cpuUsedNs);
      return `${hundredths(kernel.uptimeNs)} ${hundredths(idleNs)}\n`;
    }),
    version: readOnlyFile(
      () =>
        `Linux version ${kernel.release.release} (podwire@lab) (gcc-12 (Debian 12.2.0-14) 12.2.0, ` +
        `GNU ld (GNU Binutils for Debian) 2.40) ${kernel.release.version}\n`,
    ),
  };
}

function hundredths(durationNs: Ns): string {
  return (Math.floor(durationNs / TICK_NS) / 100).toFixed(2);
}

/** Processors that a machine is said to have; processes take turns as on one. */
const PROCESSORS = 2;

function cpuInfo(): string {
  return Array.from({ length: PROCESSORS }, (_, index) => {
    const fields = [
      ["processor", index],
      ["vendor_id", "Podwire"],
      ["model name", "Podwire virtual processor"],
      ["physical id", 0],
      ["siblings", PROCESSORS],
      ["core id", index],
      ["cpu cores", PROCESSORS],
    ] as const;
    return `${fields.map(([name, value]) => `${name.padEnd(12)}\t: ${value}\n`).join("")}\n`;
  }).join("");
}

function memoryInfo(): string {
  const values: readonly (readonly [string, number])[] = [
    ["MemTotal", MEMORY_TOTAL_KB],
    ["MemFree", MEMORY_FREE_KB],
    ["MemAvailable", MEMORY_FREE_KB + 65_536],
    ["Buffers", 8192],
    ["Cached", 122_880],
    ["SwapCached", 0],
    ["Shmem", 512],
    ["SReclaimable", 20_480],
    ["SwapTotal", 0],
    ["SwapFree", 0],
  ];
  return values
    .map(([name, value]) => `${`${name}:`.padEnd(15)}${String(value).padStart(9)} kB\n`)
    .join("");
}

function statistics(kernel: Kernel): string {
  const used = ticks(kernel.scheduler.cpuUsedNs);
  const uptime = ticks(kernel.uptimeNs);
  const times = (busy: number, total: number): string =>
    `${busy} 0 0 ${Math.max(0, total - busy)} 0 0 0 0 0 0`;
  const each = Array.from(
    { length: PROCESSORS },
    (_, index) => `cpu${index} ${times(index === 0 ? used : 0, uptime)}\n`,
  );
  const running = kernel.processes.list().filter((process) => process.state === "R").length;
  return (
    `cpu  ${times(used, uptime * PROCESSORS)}\n${each.join("")}intr 0\nctxt ${kernel.scheduler.switches}\n` +
    `btime ${Math.floor(kernel.sim.epochSeconds + kernel.bootNs / 1e9)}\n` +
    `processes ${kernel.processes.forks}\nprocs_running ${running}\nprocs_blocked 0\n`
  );
}

/**
 * Exponentially damped averages over 1, 5 and 15 minutes, as in Linux kernel/sched/loadavg.c, of the
 * share of processor time used. They are brought up to date when they are read, so that an idle
 * machine has no timer.
 */
export class LoadAverage {
  private readonly averages = [0, 0, 0];
  private atNs: Ns = 0;
  private usedNs: Ns = 0;

  constructor(private readonly kernel: Kernel) {}

  text(): string {
    const elapsedNs = this.kernel.uptimeNs - this.atNs;
    const usedNs = this.kernel.scheduler.cpuUsedNs;
    if (elapsedNs > 0) {
      const share = (usedNs - this.usedNs) / elapsedNs;
      [60, 300, 900].forEach((periodSeconds, index) => {
        const kept = Math.exp(-elapsedNs / (periodSeconds * 1e9));
        this.averages[index] = (this.averages[index] as number) * kept + share * (1 - kept);
      });
      this.atNs = this.kernel.uptimeNs;
      this.usedNs = usedNs;
    }
    return this.averages.map((average) => average.toFixed(2)).join(" ");
  }
}
