/** Whether an object of the Engine API in a lab file has the kinds of values that the engine expects. */

const STRING_LISTS = new Set(
  (
    "Env Cmd Entrypoint OnBuild Shell Test Binds VolumesFrom CapAdd CapDrop Dns DnsOptions DnsSearch " +
    "ExtraHosts GroupAdd Links SecurityOpt DeviceCgroupRules MaskedPaths ReadonlyPaths Aliases DNSNames"
  ).split(" "),
);

const STRINGS = new Set(
  (
    "Hostname Domainname User Image WorkingDir MacAddress StopSignal ContainerIDFile NetworkMode " +
    "VolumeDriver CgroupnsMode IpcMode Cgroup PidMode UTSMode UsernsMode Runtime Isolation CgroupParent " +
    "CpusetCpus CpusetMems Type Name Source Destination Driver Mode Propagation IPv4Address HostIp HostPort"
  ).split(" "),
);

const NUMBERS = new Set(
  (
    "StopTimeout Interval Timeout StartPeriod StartInterval Retries MaximumRetryCount OomScoreAdj ShmSize " +
    "CpuShares Memory NanoCpus CpuPeriod CpuQuota MemoryReservation MemorySwap PidsLimit GwPriority"
  ).split(" "),
);

const RECORDS = new Set(
  (
    "ExposedPorts Volumes Labels Healthcheck LogConfig PortBindings RestartPolicy Tmpfs Sysctls " +
    "StorageOpt Annotations IPAMConfig DriverOpts Config"
  ).split(" "),
);

/** Keys whose values are the user's own words, not the API's. */
const WORDS = new Set([
  "Labels",
  "Sysctls",
  "Tmpfs",
  "StorageOpt",
  "Annotations",
  "DriverOpts",
  "Config",
]);

export function isSound(object: unknown): boolean {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return false;
  return Object.entries(object).every(([key, value]) => value === null || hasKind(key, value));
}

function hasKind(key: string, value: unknown): boolean {
  if (STRING_LISTS.has(key)) {
    return Array.isArray(value) && value.every((word) => typeof word === "string");
  }
  if (STRINGS.has(key)) return typeof value === "string";
  if (NUMBERS.has(key)) return typeof value === "number";
  if (!RECORDS.has(key)) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  if (WORDS.has(key)) return Object.values(value ?? {}).every((word) => typeof word === "string");
  if (key === "PortBindings") {
    return Object.values(value ?? {}).every(
      (list) => list === null || (Array.isArray(list) && list.every(isSound)),
    );
  }
  return isSound(value);
}
