/** The Go types that `docker inspect` reads containers into: their fields in Go's order. */
import {
  ANY,
  BOOL,
  bool,
  INT,
  INT64,
  integer,
  mapOf,
  named,
  pointerTo,
  sliceOf,
  STRING,
  string,
  structOf,
  UINT64,
  type GoType,
  type Method,
} from "../../../programs/support/go/type.ts";
import type { CliVersion } from "../version.ts";

export const STRINGS = sliceOf(STRING);
export const STRING_MAP = mapOf(STRING);
const SET = mapOf(structOf("struct {}", {}));

const method = (call: (text: string) => ReturnType<Method["call"]>): Method => ({
  parameters: [],
  call: (receiver) => call(String(receiver)),
});

const containerOf = (mode: string) =>
  mode.startsWith("container:") ? mode.slice("container:".length) : undefined;
const isPredefined = (mode: string) =>
  ["default", "bridge", "host", "none"].includes(mode) || containerOf(mode) !== undefined;

function networkName(mode: string): string {
  if (containerOf(mode) !== undefined) return "container";
  return mode === "" ? "" : mode;
}

const NETWORK_MODE = named(STRING, "container.NetworkMode", {
  methods: {
    IsBridge: method((mode) => bool(mode === "bridge")),
    IsContainer: method((mode) => bool(containerOf(mode) !== undefined)),
    IsDefault: method((mode) => bool(mode === "default")),
    IsHost: method((mode) => bool(mode === "host")),
    IsNone: method((mode) => bool(mode === "none")),
    IsPrivate: method((mode) => bool(mode !== "host" && containerOf(mode) === undefined)),
    IsUserDefined: method((mode) => bool(!isPredefined(mode))),
    ConnectedContainer: method((mode) => string(containerOf(mode) ?? "")),
    NetworkName: method((mode) => string(networkName(mode))),
    UserDefined: method((mode) => string(isPredefined(mode) ? "" : mode)),
  },
});

const PORT = named(STRING, "nat.Port", {
  methods: {
    Port: method((port) => string(port.split("/")[0] ?? "")),
    Proto: method((port) => string(port.split("/")[1] ?? "tcp")),
    Int: method((port) => integer(parseInt(port, 10) || 0)),
  },
});

const PORT_BINDING = structOf("nat.PortBinding", { HostIp: STRING, HostPort: STRING });
const PORT_MAP: GoType = {
  ...mapOf(sliceOf(PORT_BINDING), "nat.PortMap"),
  key: PORT,
};

const MOUNT_POINT = structOf("container.MountPoint", {
  "Type,omitempty": named(STRING, "mount.Type"),
  "Name,omitempty": STRING,
  Source: STRING,
  Destination: STRING,
  "Driver,omitempty": STRING,
  Mode: STRING,
  RW: BOOL,
  Propagation: named(STRING, "mount.Propagation"),
});

const HEALTH_LOG = structOf("container.HealthcheckResult", {
  Start: STRING,
  End: STRING,
  ExitCode: INT,
  Output: STRING,
});

const HEALTH = structOf("container.Health", {
  Status: STRING,
  FailingStreak: INT,
  Log: sliceOf(pointerTo(HEALTH_LOG)),
});

const STATE = structOf("container.State", {
  Status: STRING,
  Running: BOOL,
  Paused: BOOL,
  Restarting: BOOL,
  OOMKilled: BOOL,
  Dead: BOOL,
  Pid: INT,
  ExitCode: INT,
  Error: STRING,
  StartedAt: STRING,
  FinishedAt: STRING,
  "Health,omitempty": pointerTo(HEALTH),
});

/** A time.Duration, which prints as `1m30s` and is nanoseconds in JSON. */
const DURATION = named(INT64, "time.Duration", {
  string: (data) => durationText(Number(data)),
});

function durationText(ns: number): string {
  if (ns === 0) return "0s";
  const magnitude = Math.abs(ns);
  if (magnitude < 1e9) {
    const [size, unit] = magnitude < 1e3 ? [1, "ns"] : magnitude < 1e6 ? [1e3, "µs"] : [1e6, "ms"];
    return `${ns / size}${unit}`;
  }
  const seconds = magnitude / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = Number((seconds % 60).toFixed(9));
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${ns < 0 ? "-" : ""}${head}${rest}s`;
}

const HEALTH_CONFIG = structOf("container.HealthConfig", {
  "Test,omitempty": STRINGS,
  "Interval,omitempty": DURATION,
  "Timeout,omitempty": DURATION,
  "StartPeriod,omitempty": DURATION,
  "StartInterval,omitempty": DURATION,
  "Retries,omitempty": INT,
});

export const CONTAINER_CONFIG = structOf("container.Config", {
  Hostname: STRING,
  Domainname: STRING,
  User: STRING,
  AttachStdin: BOOL,
  AttachStdout: BOOL,
  AttachStderr: BOOL,
  "ExposedPorts,omitempty": { ...named(SET, "nat.PortSet"), key: PORT },
  Tty: BOOL,
  OpenStdin: BOOL,
  StdinOnce: BOOL,
  Env: STRINGS,
  Cmd: named(STRINGS, "strslice.StrSlice"),
  "Healthcheck,omitempty": pointerTo(HEALTH_CONFIG),
  "ArgsEscaped,omitempty": BOOL,
  Image: STRING,
  Volumes: SET,
  WorkingDir: STRING,
  Entrypoint: named(STRINGS, "strslice.StrSlice"),
  "NetworkDisabled,omitempty": BOOL,
  "MacAddress,omitempty": STRING,
  OnBuild: STRINGS,
  Labels: STRING_MAP,
  "StopSignal,omitempty": STRING,
  "StopTimeout,omitempty": pointerTo(INT),
  "Shell,omitempty": named(STRINGS, "strslice.StrSlice"),
});

const ENDPOINT_IPAM = structOf("network.EndpointIPAMConfig", {
  "IPv4Address,omitempty": STRING,
  "IPv6Address,omitempty": STRING,
  "LinkLocalIPs,omitempty": STRINGS,
});

const ENDPOINT_ADDRESSES = {
  NetworkID: STRING,
  EndpointID: STRING,
  Gateway: STRING,
  IPAddress: STRING,
  IPPrefixLen: INT,
  IPv6Gateway: STRING,
  GlobalIPv6Address: STRING,
  GlobalIPv6PrefixLen: INT,
};

const ENDPOINT_HEAD = { IPAMConfig: pointerTo(ENDPOINT_IPAM), Links: STRINGS, Aliases: STRINGS };

const ENDPOINT: Readonly<Record<CliVersion, GoType>> = {
  "28": structOf("network.EndpointSettings", {
    ...ENDPOINT_HEAD,
    MacAddress: STRING,
    DriverOpts: STRING_MAP,
    GwPriority: INT,
    ...ENDPOINT_ADDRESSES,
    DNSNames: STRINGS,
  }),
  "20.10": structOf("network.EndpointSettings", {
    ...ENDPOINT_HEAD,
    ...ENDPOINT_ADDRESSES,
    MacAddress: STRING,
    DriverOpts: STRING_MAP,
  }),
};

const SETTINGS_TAIL = {
  SecondaryIPAddresses: sliceOf(ANY),
  SecondaryIPv6Addresses: sliceOf(ANY),
};
const LINK_LOCAL = { HairpinMode: BOOL, LinkLocalIPv6Address: STRING, LinkLocalIPv6PrefixLen: INT };
const SETTINGS_BASE: Readonly<Record<CliVersion, GoType>> = {
  "28": structOf("container.NetworkSettingsBase", {
    Bridge: STRING,
    SandboxID: STRING,
    SandboxKey: STRING,
    Ports: PORT_MAP,
    ...LINK_LOCAL,
    ...SETTINGS_TAIL,
  }),
  "20.10": structOf("types.NetworkSettingsBase", {
    Bridge: STRING,
    SandboxID: STRING,
    ...LINK_LOCAL,
    Ports: PORT_MAP,
    SandboxKey: STRING,
    ...SETTINGS_TAIL,
  }),
};

const DEFAULT_NETWORK = structOf("container.DefaultNetworkSettings", {
  EndpointID: STRING,
  Gateway: STRING,
  GlobalIPv6Address: STRING,
  GlobalIPv6PrefixLen: INT,
  IPAddress: STRING,
  IPPrefixLen: INT,
  IPv6Gateway: STRING,
  MacAddress: STRING,
});

const networkSettings = (version: CliVersion) =>
  structOf(version === "28" ? "container.NetworkSettings" : "types.NetworkSettings", {
    ".NetworkSettingsBase": SETTINGS_BASE[version],
    ".DefaultNetworkSettings": DEFAULT_NETWORK,
    Networks: mapOf(pointerTo(ENDPOINT[version])),
  });

const RESTART_POLICY = (version: CliVersion) =>
  structOf(
    "container.RestartPolicy",
    {
      Name: version === "28" ? named(STRING, "container.RestartPolicyMode") : STRING,
      MaximumRetryCount: INT,
    },
    {
      IsNone: policy((name) => name === "no" || name === ""),
      IsAlways: policy((name) => name === "always"),
      IsOnFailure: policy((name) => name === "on-failure"),
      IsUnlessStopped: policy((name) => name === "unless-stopped"),
    },
  );

function policy(test: (name: string) => boolean): Method {
  return {
    parameters: [],
    call: (receiver) => bool(test(String((receiver as { readonly Name: unknown }).Name))),
  };
}

const MOUNT_SPEC = structOf("mount.Mount", {
  "Type,omitempty": named(STRING, "mount.Type"),
  "Source,omitempty": STRING,
  "Target,omitempty": STRING,
  "ReadOnly,omitempty": BOOL,
  "Consistency,omitempty": STRING,
  "BindOptions,omitempty": pointerTo(structOf("mount.BindOptions", {})),
  "VolumeOptions,omitempty": pointerTo(structOf("mount.VolumeOptions", {})),
  "TmpfsOptions,omitempty": pointerTo(
    structOf("mount.TmpfsOptions", { "SizeBytes,omitempty": INT64, "Mode,omitempty": INT }),
  ),
});

const ULIMIT = structOf("units.Ulimit", { Name: STRING, Hard: INT64, Soft: INT64 });
const ANYTHING = sliceOf(ANY);

const resources = (version: CliVersion) =>
  structOf("container.Resources", {
    CpuShares: INT64,
    Memory: INT64,
    NanoCpus: INT64,
    CgroupParent: STRING,
    BlkioWeight: INT,
    BlkioWeightDevice: ANYTHING,
    BlkioDeviceReadBps: ANYTHING,
    BlkioDeviceWriteBps: ANYTHING,
    BlkioDeviceReadIOps: ANYTHING,
    BlkioDeviceWriteIOps: ANYTHING,
    CpuPeriod: INT64,
    CpuQuota: INT64,
    CpuRealtimePeriod: INT64,
    CpuRealtimeRuntime: INT64,
    CpusetCpus: STRING,
    CpusetMems: STRING,
    Devices: ANYTHING,
    DeviceCgroupRules: STRINGS,
    DeviceRequests: ANYTHING,
    ...(version === "28"
      ? { "KernelMemory,omitempty": INT64, "KernelMemoryTCP,omitempty": INT64 }
      : { KernelMemory: INT64, KernelMemoryTCP: INT64 }),
    MemoryReservation: INT64,
    MemorySwap: INT64,
    MemorySwappiness: pointerTo(INT64),
    OomKillDisable: pointerTo(BOOL),
    PidsLimit: pointerTo(INT64),
    Ulimits: sliceOf(pointerTo(ULIMIT)),
    CpuCount: INT64,
    CpuPercent: INT64,
    IOMaximumIOps: UINT64,
    IOMaximumBandwidth: UINT64,
  });

function hostConfig(version: CliVersion): GoType {
  const console = {
    ConsoleSize: { kind: "array", name: "[2]uint", elem: UINT64 } as const,
  };
  const recent = version === "28";
  return structOf("container.HostConfig", {
    Binds: STRINGS,
    ContainerIDFile: STRING,
    LogConfig: structOf("container.LogConfig", { Type: STRING, Config: STRING_MAP }),
    NetworkMode: NETWORK_MODE,
    PortBindings: PORT_MAP,
    RestartPolicy: RESTART_POLICY(version),
    AutoRemove: BOOL,
    VolumeDriver: STRING,
    VolumesFrom: STRINGS,
    ...(recent && { ...console, "Annotations,omitempty": STRING_MAP }),
    CapAdd: named(STRINGS, "strslice.StrSlice"),
    CapDrop: named(STRINGS, "strslice.StrSlice"),
    CgroupnsMode: named(STRING, "container.CgroupnsMode"),
    "DNS=Dns": STRINGS,
    "DNSOptions=DnsOptions": STRINGS,
    "DNSSearch=DnsSearch": STRINGS,
    ExtraHosts: STRINGS,
    GroupAdd: STRINGS,
    IpcMode: named(STRING, "container.IpcMode"),
    Cgroup: named(STRING, "container.CgroupSpec"),
    Links: STRINGS,
    OomScoreAdj: INT,
    PidMode: named(STRING, "container.PidMode"),
    Privileged: BOOL,
    PublishAllPorts: BOOL,
    ReadonlyRootfs: BOOL,
    SecurityOpt: STRINGS,
    "StorageOpt,omitempty": STRING_MAP,
    "Tmpfs,omitempty": STRING_MAP,
    UTSMode: named(STRING, "container.UTSMode"),
    UsernsMode: named(STRING, "container.UsernsMode"),
    ShmSize: INT64,
    "Sysctls,omitempty": STRING_MAP,
    "Runtime,omitempty": STRING,
    ...(!recent && console),
    Isolation: named(STRING, "container.Isolation"),
    ".Resources": resources(version),
    "Mounts,omitempty": sliceOf(MOUNT_SPEC),
    MaskedPaths: STRINGS,
    ReadonlyPaths: STRINGS,
    "Init,omitempty": pointerTo(BOOL),
  });
}

export const GRAPH_DRIVER = structOf("storage.DriverData", { Data: STRING_MAP, Name: STRING });

const CONTAINER_BASE = (version: CliVersion) =>
  structOf(version === "28" ? "container.ContainerJSONBase" : "types.ContainerJSONBase", {
    "ID=Id": STRING,
    Created: STRING,
    Path: STRING,
    Args: STRINGS,
    State: pointerTo(version === "28" ? STATE : named(STATE, "types.ContainerState")),
    Image: STRING,
    ResolvConfPath: STRING,
    HostnamePath: STRING,
    HostsPath: STRING,
    LogPath: STRING,
    Name: STRING,
    RestartCount: INT,
    Driver: STRING,
    Platform: STRING,
    MountLabel: STRING,
    ProcessLabel: STRING,
    AppArmorProfile: STRING,
    ExecIDs: STRINGS,
    HostConfig: pointerTo(hostConfig(version)),
    GraphDriver: GRAPH_DRIVER,
    "SizeRw,omitempty": pointerTo(INT64),
    "SizeRootFs,omitempty": pointerTo(INT64),
  });

const containerType = (version: CliVersion) =>
  structOf(version === "28" ? "container.InspectResponse" : "types.ContainerJSON", {
    ".ContainerJSONBase": pointerTo(CONTAINER_BASE(version)),
    Mounts: sliceOf(MOUNT_POINT),
    Config: pointerTo(CONTAINER_CONFIG),
    NetworkSettings: pointerTo(networkSettings(version)),
    ...(version === "28" && {
      "ImageManifestDescriptor,omitempty": pointerTo(structOf("v1.Descriptor", {})),
    }),
  });

export const CONTAINER: Readonly<Record<CliVersion, GoType>> = {
  "28": containerType("28"),
  "20.10": containerType("20.10"),
};
