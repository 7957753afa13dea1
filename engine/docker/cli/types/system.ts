/** The Go types that `docker version`, `docker info` and `docker events` show through templates. */
import {
  BOOL,
  INT,
  INT64,
  mapOf,
  pointerTo,
  sliceOf,
  STRING,
  structOf,
  ANY,
  type GoType,
} from "../../../programs/support/go/type.ts";
import type { CliVersion } from "../version.ts";
import { STRING_MAP, STRINGS } from "./container.ts";

const PLATFORM = structOf("struct { Name string }", { Name: STRING });

const client = (recent: boolean) =>
  structOf("system.clientVersion", {
    [recent ? "Platform,omitempty" : "Platform"]: recent ? pointerTo(PLATFORM) : PLATFORM,
    Version: STRING,
    "APIVersion=ApiVersion": STRING,
    DefaultAPIVersion: STRING,
    GitCommit: STRING,
    GoVersion: STRING,
    Os: STRING,
    Arch: STRING,
    "BuildTime,omitempty": STRING,
    Context: STRING,
    ...(!recent && { Experimental: BOOL }),
  });

const SERVER = structOf("types.Version", {
  Platform: PLATFORM,
  "Components,omitempty": sliceOf(
    structOf("types.ComponentVersion", {
      Name: STRING,
      Version: STRING,
      "Details,omitempty": STRING_MAP,
    }),
  ),
  Version: STRING,
  "APIVersion=ApiVersion": STRING,
  "MinAPIVersion,omitempty": STRING,
  GitCommit: STRING,
  GoVersion: STRING,
  Os: STRING,
  Arch: STRING,
  "KernelVersion,omitempty": STRING,
  "Experimental,omitempty": BOOL,
  "BuildTime,omitempty": STRING,
});

const versionType = (recent: boolean) =>
  structOf("system.versionInfo", {
    Client: client(recent),
    Server: pointerTo(SERVER),
  });

export const VERSION: Readonly<Record<CliVersion, GoType>> = {
  "28": versionType(true),
  "20.10": versionType(false),
};

const COMMIT = structOf("system.Commit", { ID: STRING, "Expected,omitempty": STRING });

const INFO_BASE = structOf("system.Info", {
  ID: STRING,
  Containers: INT,
  ContainersRunning: INT,
  ContainersPaused: INT,
  ContainersStopped: INT,
  Images: INT,
  Driver: STRING,
  DriverStatus: sliceOf(sliceOf(STRING, "[2]string")),
  Plugins: structOf("system.PluginsInfo", {
    Volume: STRINGS,
    Network: STRINGS,
    Authorization: STRINGS,
    Log: STRINGS,
  }),
  MemoryLimit: BOOL,
  SwapLimit: BOOL,
  "CPUCfsPeriod=CpuCfsPeriod": BOOL,
  "CPUCfsQuota=CpuCfsQuota": BOOL,
  CPUShares: BOOL,
  CPUSet: BOOL,
  PidsLimit: BOOL,
  IPv4Forwarding: BOOL,
  Debug: BOOL,
  NFd: INT,
  OomKillDisable: BOOL,
  NGoroutines: INT,
  SystemTime: STRING,
  LoggingDriver: STRING,
  CgroupDriver: STRING,
  "CgroupVersion,omitempty": STRING,
  NEventsListener: INT,
  KernelVersion: STRING,
  OperatingSystem: STRING,
  OSVersion: STRING,
  OSType: STRING,
  Architecture: STRING,
  IndexServerAddress: STRING,
  NCPU: INT,
  MemTotal: INT64,
  DockerRootDir: STRING,
  "HTTPProxy=HttpProxy": STRING,
  "HTTPSProxy=HttpsProxy": STRING,
  NoProxy: STRING,
  Name: STRING,
  Labels: STRINGS,
  ExperimentalBuild: BOOL,
  ServerVersion: STRING,
  Runtimes: mapOf(structOf("system.RuntimeWithStatus", { "Path=path,omitempty": STRING })),
  DefaultRuntime: STRING,
  LiveRestoreEnabled: BOOL,
  InitBinary: STRING,
  ContainerdCommit: COMMIT,
  RuncCommit: COMMIT,
  InitCommit: COMMIT,
  SecurityOptions: STRINGS,
  Warnings: STRINGS,
});

const CLIENT_INFO = structOf("system.clientInfo", {
  Debug: BOOL,
  Context: STRING,
  Plugins: sliceOf(ANY),
  Warnings: STRINGS,
});

const infoType = (name: string) =>
  structOf(name, {
    ".Info": pointerTo(INFO_BASE),
    "ServerErrors,omitempty": STRINGS,
    "ClientInfo,omitempty": pointerTo(CLIENT_INFO),
  });

export const INFO: Readonly<Record<CliVersion, GoType>> = {
  "28": infoType("system.dockerInfo"),
  "20.10": infoType("system.info"),
};

export const EVENT = structOf("events.Message", {
  "Status=status,omitempty": STRING,
  "ID=id,omitempty": STRING,
  "From=from,omitempty": STRING,
  Type: STRING,
  Action: STRING,
  Actor: structOf("events.Actor", { ID: STRING, Attributes: STRING_MAP }),
  "Scope=scope,omitempty": STRING,
  "Time=time,omitempty": INT64,
  "TimeNano=timeNano,omitempty": INT64,
});
