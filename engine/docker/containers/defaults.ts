/** Zero values and defaults of what a container is asked to be, in each release's order of keys. */
import type { ContainerConfig, ContainerCreate, HostConfig } from "../api/container.ts";
import type { DaemonConfig } from "../daemon/config.ts";
import type { Release } from "../daemon/release.ts";
import { sorted } from "../networks/inspect.ts";
import type { StoredImage } from "../store/stored-image.ts";

const MASKED_PATHS_20 = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
];

const MASKED_PATHS_28 = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  ...MASKED_PATHS_20.slice(2),
  "/sys/devices/virtual/powercap",
];

const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const DEFAULT_SHM_BYTES = 64 << 20;

export function completeHostConfig(
  asked: Partial<HostConfig>,
  release: Release,
  daemon: DaemonConfig,
): HostConfig {
  const isNew = release === "28";
  const given = withoutUndefined(asked);
  const mode = given.NetworkMode || "default";
  const privileged = given.Privileged === true;
  const devices = isNew ? [] : null;
  const masked = isNew ? MASKED_PATHS_28 : MASKED_PATHS_20;
  const consoleSize = given.ConsoleSize ?? [0, 0];
  const log = given.LogConfig;
  return {
    Binds: given.Binds ?? null,
    ContainerIDFile: given.ContainerIDFile ?? "",
    LogConfig: {
      Type: log?.Type || daemon.logDriver,
      Config: log?.Type ? log.Config : { ...daemon.logOptions, ...log?.Config },
    },
    NetworkMode: isNew && mode === "default" ? "bridge" : mode,
    PortBindings: sorted(given.PortBindings ?? {}),
    RestartPolicy: {
      Name: given.RestartPolicy?.Name || "no",
      MaximumRetryCount: given.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    AutoRemove: given.AutoRemove ?? false,
    VolumeDriver: given.VolumeDriver ?? "",
    VolumesFrom: given.VolumesFrom ?? null,
    ...(isNew ? { ConsoleSize: consoleSize } : {}),
    ...(given.Annotations ? { Annotations: given.Annotations } : {}),
    CapAdd: given.CapAdd ?? null,
    CapDrop: given.CapDrop ?? null,
    CgroupnsMode: given.CgroupnsMode || "host",
    Dns: given.Dns ?? [],
    DnsOptions: given.DnsOptions ?? [],
    DnsSearch: given.DnsSearch ?? [],
    ExtraHosts: given.ExtraHosts ?? null,
    GroupAdd: given.GroupAdd ?? null,
    IpcMode: given.IpcMode || "private",
    Cgroup: given.Cgroup ?? "",
    Links: given.Links ?? null,
    OomScoreAdj: given.OomScoreAdj ?? 0,
    PidMode: given.PidMode ?? "",
    Privileged: privileged,
    PublishAllPorts: given.PublishAllPorts ?? false,
    ReadonlyRootfs: given.ReadonlyRootfs ?? false,
    SecurityOpt: given.SecurityOpt ?? null,
    ...(given.StorageOpt ? { StorageOpt: given.StorageOpt } : {}),
    ...(given.Tmpfs ? { Tmpfs: given.Tmpfs } : {}),
    UTSMode: given.UTSMode ?? "",
    UsernsMode: given.UsernsMode ?? "",
    ShmSize: given.ShmSize || DEFAULT_SHM_BYTES,
    ...(given.Sysctls ? { Sysctls: given.Sysctls } : {}),
    Runtime: given.Runtime || "runc",
    ...(isNew ? {} : { ConsoleSize: consoleSize }),
    Isolation: given.Isolation ?? "",
    CpuShares: given.CpuShares ?? 0,
    Memory: given.Memory ?? 0,
    NanoCpus: given.NanoCpus ?? 0,
    CgroupParent: given.CgroupParent ?? "",
    BlkioWeight: given.BlkioWeight ?? 0,
    BlkioWeightDevice: given.BlkioWeightDevice ?? [],
    BlkioDeviceReadBps: given.BlkioDeviceReadBps ?? devices,
    BlkioDeviceWriteBps: given.BlkioDeviceWriteBps ?? devices,
    BlkioDeviceReadIOps: given.BlkioDeviceReadIOps ?? devices,
    BlkioDeviceWriteIOps: given.BlkioDeviceWriteIOps ?? devices,
    CpuPeriod: given.CpuPeriod ?? 0,
    CpuQuota: given.CpuQuota ?? 0,
    CpuRealtimePeriod: given.CpuRealtimePeriod ?? 0,
    CpuRealtimeRuntime: given.CpuRealtimeRuntime ?? 0,
    CpusetCpus: given.CpusetCpus ?? "",
    CpusetMems: given.CpusetMems ?? "",
    Devices: given.Devices ?? [],
    DeviceCgroupRules: given.DeviceCgroupRules ?? null,
    DeviceRequests: given.DeviceRequests ?? null,
    ...(isNew ? {} : { KernelMemory: 0, KernelMemoryTCP: 0 }),
    MemoryReservation: given.MemoryReservation ?? 0,
    // What may be swapped is as much again, unless it was said.
    MemorySwap: given.MemorySwap ?? (given.Memory ? given.Memory * 2 : 0),
    MemorySwappiness: memorySwappiness(given.MemorySwappiness),
    OomKillDisable: given.OomKillDisable ?? false,
    PidsLimit: given.PidsLimit || null,
    Ulimits: given.Ulimits?.length ? given.Ulimits : isNew ? [] : null,
    CpuCount: given.CpuCount ?? 0,
    CpuPercent: given.CpuPercent ?? 0,
    IOMaximumIOps: given.IOMaximumIOps ?? 0,
    IOMaximumBandwidth: given.IOMaximumBandwidth ?? 0,
    ...(given.Mounts ? { Mounts: given.Mounts } : {}),
    MaskedPaths: privileged ? null : masked,
    ReadonlyPaths: privileged ? null : READONLY_PATHS,
    ...(given.Init === undefined ? {} : { Init: given.Init }),
  };
}

/** The command line says −1 for what was not asked. */
function memorySwappiness(asked: number | null | undefined): number | null {
  return asked === undefined || asked === -1 ? null : asked;
}

/** With what the image says where nothing was asked; daemon.merge(). */
export function completeConfig(
  asked: ContainerCreate,
  image: StoredImage,
  id: string,
  inherited: { readonly hostname?: string },
): ContainerConfig {
  const given = withoutUndefined(asked);
  const own = image.config;
  const exposed = { ...own.ExposedPorts, ...given.ExposedPorts };
  const volumes = { ...own.Volumes, ...given.Volumes };
  // `--entrypoint ''` takes the image's away, and its command with it.
  const isEmptied = given.Entrypoint?.length === 1 && given.Entrypoint[0] === "";
  const entrypoint = given.Entrypoint?.length ? given.Entrypoint : undefined;
  const cmd = given.Cmd?.length ? given.Cmd : entrypoint ? null : (own.Cmd ?? null);
  const health = given.Healthcheck
    ? { ...own.Healthcheck, ...withoutUndefined(given.Healthcheck) }
    : own.Healthcheck;
  const stopSignal = given.StopSignal || own.StopSignal;
  return {
    Hostname: inherited.hostname ?? (given.Hostname || id.slice(0, 12)),
    Domainname: given.Domainname ?? "",
    User: given.User || own.User || "",
    AttachStdin: given.AttachStdin ?? false,
    AttachStdout: given.AttachStdout ?? false,
    AttachStderr: given.AttachStderr ?? false,
    ...(Object.keys(exposed).length > 0 ? { ExposedPorts: sorted(exposed) } : {}),
    Tty: given.Tty ?? false,
    OpenStdin: given.OpenStdin ?? false,
    StdinOnce: given.StdinOnce ?? false,
    Env: mergeEnvironment(given.Env ?? [], own.Env ?? []),
    Cmd: cmd,
    ...(health ? { Healthcheck: health } : {}),
    Image: given.Image ?? "",
    Volumes: Object.keys(volumes).length > 0 ? sorted(volumes) : null,
    WorkingDir: given.WorkingDir || own.WorkingDir || "",
    Entrypoint: isEmptied ? null : (entrypoint ?? own.Entrypoint ?? null),
    ...(given.NetworkDisabled ? { NetworkDisabled: true } : {}),
    ...(given.MacAddress ? { MacAddress: given.MacAddress } : {}),
    OnBuild: null,
    Labels: sorted({ ...own.Labels, ...given.Labels }),
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
    ...(given.StopTimeout === undefined ? {} : { StopTimeout: given.StopTimeout }),
    ...((given.Shell ?? own.Shell) ? { Shell: given.Shell ?? own.Shell ?? [] } : {}),
  };
}

/** The container's own come first, then those of the image that they do not replace. */
function mergeEnvironment(own: readonly string[], image: readonly string[]): string[] {
  const nameOf = (word: string): string => word.split("=", 1)[0] as string;
  const names = new Set(own.map(nameOf));
  return [...own, ...image.filter((word) => !names.has(nameOf(word)))];
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
