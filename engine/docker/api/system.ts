/** The engine itself: version, info, events, disk usage, statistics. */
import type { ContainerSummary, Names } from "./container.ts";
import type { ImageSummary } from "./image.ts";
import type { Volume } from "./volume.ts";

/** GET /version. */
export interface Version {
  readonly Platform: { readonly Name: string };
  readonly Components: readonly {
    readonly Name: string;
    readonly Version: string;
    readonly Details: Names;
  }[];
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion: string;
  readonly GitCommit: string;
  readonly GoVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly KernelVersion: string;
  readonly BuildTime: string;
}

/** GET /info: what the command line shows of it. */
export interface Info {
  readonly ID: string;
  readonly Containers: number;
  readonly ContainersRunning: number;
  readonly ContainersPaused: number;
  readonly ContainersStopped: number;
  readonly Images: number;
  readonly Driver: string;
  readonly DriverStatus: readonly (readonly [string, string])[];
  readonly Plugins: {
    readonly Volume: readonly string[];
    readonly Network: readonly string[];
    readonly Authorization: null;
    readonly Log: readonly string[];
  };
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly CpuCfsPeriod: boolean;
  readonly CpuCfsQuota: boolean;
  readonly CPUShares: boolean;
  readonly CPUSet: boolean;
  readonly PidsLimit: boolean;
  readonly IPv4Forwarding: boolean;
  readonly BridgeNfIptables?: boolean;
  readonly BridgeNfIp6tables?: boolean;
  readonly Debug: boolean;
  readonly NFd: number;
  readonly OomKillDisable: boolean;
  readonly NGoroutines: number;
  readonly SystemTime: string;
  readonly LoggingDriver: string;
  readonly CgroupDriver: string;
  readonly CgroupVersion: string;
  readonly NEventsListener: number;
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly OSVersion: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly IndexServerAddress: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly HttpProxy: string;
  readonly HttpsProxy: string;
  readonly NoProxy: string;
  readonly Name: string;
  readonly Labels: readonly string[];
  readonly ExperimentalBuild: boolean;
  readonly ServerVersion: string;
  readonly Runtimes: Readonly<Record<string, { readonly path: string }>>;
  readonly DefaultRuntime: string;
  readonly LiveRestoreEnabled: boolean;
  readonly InitBinary: string;
  readonly ContainerdCommit: { readonly ID: string; readonly Expected?: string };
  readonly RuncCommit: { readonly ID: string; readonly Expected?: string };
  readonly InitCommit: { readonly ID: string; readonly Expected?: string };
  readonly SecurityOptions: readonly string[];
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[];
  readonly FirewallBackend?: { readonly Driver: string };
  readonly Warnings: readonly string[] | null;
}

export type EventType = "container" | "image" | "network" | "volume" | "daemon" | "builder";

/** A record of GET /events. */
export interface EventMessage {
  /** Containers and images only, from before API 1.22. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
  readonly Type: EventType;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Names };
  readonly scope: string;
  /** Unix seconds. */
  readonly time: number;
  /** Unix nanoseconds: beyond 2^53. */
  readonly timeNano: bigint;
}

export interface EventsOptions {
  /** Unix seconds with fraction. With `until` the stream ends there. */
  readonly since?: number;
  readonly until?: number;
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** GET /system/df. */
export interface DiskUsage {
  readonly LayersSize: number;
  readonly Images: readonly ImageSummary[];
  readonly Containers: readonly ContainerSummary[];
  readonly Volumes: readonly Volume[];
  readonly BuildCache: readonly never[];
}

export interface CpuStats {
  readonly cpu_usage: {
    readonly total_usage: number;
    readonly usage_in_kernelmode: number;
    readonly usage_in_usermode: number;
  };
  readonly system_cpu_usage: number;
  readonly online_cpus: number;
  readonly throttling_data: {
    readonly periods: number;
    readonly throttled_periods: number;
    readonly throttled_time: number;
  };
}

export interface NetworkStats {
  readonly rx_bytes: number;
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_bytes: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
}

/** A record of GET /containers/ID/stats. */
export interface Stats {
  readonly name: string;
  readonly id: string;
  readonly read: string;
  readonly preread: string;
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly blkio_stats: {
    readonly io_service_bytes_recursive: readonly {
      readonly major: number;
      readonly minor: number;
      readonly op: string;
      readonly value: number;
    }[];
  };
  readonly num_procs: number;
  readonly cpu_stats: CpuStats;
  readonly precpu_stats: CpuStats;
  readonly memory_stats: {
    readonly usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
    readonly limit?: number;
  };
  readonly networks?: Readonly<Record<string, NetworkStats>>;
}
