/** `docker version` and `docker info`. */
import type { Info, Version } from "../api/system.ts";
import type { Container } from "../containers/container.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { DaemonContext } from "./context.ts";
import { RELEASES } from "./release.ts";

export function engineVersion({ release, kernel }: DaemonContext): Version {
  const facts = RELEASES[release];
  const { release: kernelVersion } = kernel.release;
  const details = {
    ApiVersion: facts.apiVersion,
    Arch: "amd64",
    BuildTime: facts.buildTime,
    Experimental: "false",
    GitCommit: facts.gitCommit,
    GoVersion: facts.goVersion,
    KernelVersion: kernelVersion,
    MinAPIVersion: facts.minApiVersion,
    Os: "linux",
  };
  return {
    Platform: { Name: release === "28" ? "Docker Engine - Community" : "" },
    Components: [
      { Name: "Engine", Version: facts.version, Details: details },
      {
        Name: "containerd",
        Version: facts.containerdVersion,
        Details: { GitCommit: facts.containerdVersion },
      },
      { Name: "runc", Version: facts.runcVersion, Details: { GitCommit: facts.runcVersion } },
      { Name: "docker-init", Version: "0.19.0", Details: { GitCommit: "" } },
    ],
    Version: facts.version,
    ApiVersion: facts.apiVersion,
    MinAPIVersion: facts.minApiVersion,
    GitCommit: facts.gitCommit,
    GoVersion: facts.goVersion,
    Os: "linux",
    Arch: "amd64",
    KernelVersion: kernelVersion,
    BuildTime: facts.buildTime,
  };
}

export function engineInfo(context: DaemonContext, containers: readonly Container[]): Info {
  const { release, kernel, config, clock, events, state, sys } = context;
  const facts = RELEASES[release];
  const count = (status: string): number =>
    containers.filter((container) => container.status === status).length;
  const running = count("running");
  const paused = count("paused");
  const host = kernel.initialNamespaces.net;
  return {
    ID: kernel.bootId,
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: containers.length - running - paused,
    Images: state.images.size,
    Driver: "overlay2",
    DriverStatus: [
      ["Backing Filesystem", "extfs"],
      ["Supports d_type", "true"],
      ...(release === "28" ? ([["Using metacopy", "false"]] as const) : []),
      ["Native Overlay Diff", "true"],
      ["userxattr", "false"],
    ],
    Plugins: {
      Volume: ["local"],
      Network: ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
      Authorization: null,
      Log: [
        "awslogs",
        "fluentd",
        "gcplogs",
        "gelf",
        "journald",
        "json-file",
        "local",
        "splunk",
        "syslog",
      ],
    },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: host.sysctlTree.read("net/ipv4/ip_forward")?.trim() === "1",
    ...(release === "20.10" ? { BridgeNfIptables: true, BridgeNfIp6tables: true } : {}),
    Debug: config.debug,
    NFd: 22,
    OomKillDisable: false,
    NGoroutines: 36,
    SystemTime: clock.rfc3339Nano(clock.nowNs),
    LoggingDriver: config.logDriver,
    CgroupDriver: "systemd",
    CgroupVersion: "2",
    NEventsListener: events.listenerCount,
    KernelVersion: kernel.release.release,
    OperatingSystem: osName(decodeUtf8(sys.readFile("/etc/os-release"))),
    OSVersion:
      /^VERSION_ID="?([^"\n]*)/m.exec(decodeUtf8(sys.readFile("/etc/os-release")))?.[1] ?? "",
    OSType: "linux",
    Architecture: "x86_64",
    IndexServerAddress: "https://index.docker.io/v1/",
    NCPU: 1,
    MemTotal: 1 << 30,
    DockerRootDir: "/var/lib/docker",
    HttpProxy: "",
    HttpsProxy: "",
    NoProxy: "",
    Name: kernel.initialNamespaces.uts.hostname,
    Labels: config.labels,
    ExperimentalBuild: false,
    ServerVersion: facts.version,
    Runtimes: { "io.containerd.runc.v2": { path: "runc" }, runc: { path: "runc" } },
    DefaultRuntime: "runc",
    LiveRestoreEnabled: config.liveRestore,
    InitBinary: "docker-init",
    ContainerdCommit: { ID: facts.containerdVersion },
    RuncCommit: { ID: facts.runcVersion },
    InitCommit: { ID: "" },
    SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
    ...(release === "28" ? { FirewallBackend: { Driver: "iptables" } } : {}),
    Warnings: null,
  };
}

function osName(text: string): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? "Linux";
}
