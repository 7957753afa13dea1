/** `docker stats`: what a container has used, once a second. */
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { RecordStream } from "../api/streams.ts";
import type { CpuStats, NetworkStats, Stats } from "../api/system.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { NEVER } from "../daemon/instant.ts";
import { delay } from "../daemon/tasks.ts";
import type { Container } from "./container.ts";

/** Memory is not modelled: a process counts as much as a small one has. */
const BYTES_PER_PROCESS = 1 << 20;
const MACHINE_BYTES = 1 << 30;
const PROCESSORS = 1;

export function containerStats(
  container: Container,
  options: { readonly stream: boolean; readonly oneShot?: boolean },
  context: DaemonContext,
): RecordStream<Stats> {
  let before: { readonly atNs: Ns; readonly cpu: CpuStats } | undefined;
  let count = 0;
  const next = function* (): Blocking<Stats | undefined> {
    const isLast = !options.stream && count > 0;
    if (isLast || container.isRemoved) return undefined;
    if (options.oneShot !== true && (count > 0 || !options.stream)) {
      before ??= { atNs: context.clock.nowNs, cpu: cpuOf(container, context) };
      yield* delay(SECOND);
    }
    count += 1;
    const cpu = cpuOf(container, context);
    const stats = statsOf(container, cpu, before, context);
    before = { atNs: context.clock.nowNs, cpu };
    return stats;
  };
  return { next, close: () => {} };
}

function cpuOf(container: Container, { clock }: DaemonContext): CpuStats {
  const processes = container.runtime?.processes() ?? [];
  const used = processes.reduce((total, process) => total + process.cpuUsedNs, 0);
  return {
    cpu_usage: { total_usage: used, usage_in_kernelmode: 0, usage_in_usermode: used },
    system_cpu_usage: clock.nowNs * PROCESSORS,
    online_cpus: PROCESSORS,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}

const NO_CPU: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  system_cpu_usage: 0,
  online_cpus: 0,
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

function statsOf(
  container: Container,
  cpu: CpuStats,
  before: { readonly atNs: Ns; readonly cpu: CpuStats } | undefined,
  { clock }: DaemonContext,
): Stats {
  const { hostConfig, runtime } = container;
  const count = runtime?.processes().length ?? 0;
  const isRunning = runtime !== undefined;
  return {
    name: `/${container.name}`,
    id: container.id,
    read: isRunning ? clock.rfc3339Nano(clock.nowNs) : NEVER,
    preread: before ? clock.rfc3339Nano(before.atNs) : NEVER,
    pids_stats: isRunning
      ? { current: count, ...(hostConfig.PidsLimit ? { limit: hostConfig.PidsLimit } : {}) }
      : {},
    blkio_stats: { io_service_bytes_recursive: [] },
    num_procs: 0,
    cpu_stats: isRunning ? cpu : NO_CPU,
    precpu_stats: before?.cpu ?? NO_CPU,
    memory_stats: isRunning
      ? {
          usage: count * BYTES_PER_PROCESS,
          stats: { inactive_file: 0 },
          limit: hostConfig.Memory || MACHINE_BYTES,
        }
      : {},
    ...(isRunning ? { networks: networksOf(container) } : {}),
  };
}

function networksOf({ sandbox }: Container): Record<string, NetworkStats> {
  const networks: Record<string, NetworkStats> = {};
  for (const { name, flags, statistics } of sandbox?.namespace.rtnetlink.links() ?? []) {
    if (flags.loopback) continue;
    networks[name] = {
      rx_bytes: statistics.rxBytes,
      rx_packets: statistics.rxPackets,
      rx_errors: statistics.rxErrors,
      rx_dropped: statistics.rxDropped,
      tx_bytes: statistics.txBytes,
      tx_packets: statistics.txPackets,
      tx_errors: statistics.txErrors,
      tx_dropped: statistics.txDropped,
    };
  }
  return networks;
}
