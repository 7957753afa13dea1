/** What the engine refuses of a container's settings; daemon/container.go, verifyContainerSettings(). */
import { ApiError } from "../api/errors.ts";
import type { ContainerConfig, Healthcheck, HostConfig } from "../api/container.ts";
import type { Release } from "../daemon/release.ts";
import { checkSignal } from "./exit-code.ts";
import { checkLogConfig } from "./log-drivers.ts";

const MILLISECOND_NS = 1e6;

/** capability(7) */
const CAPABILITIES = (
  "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE " +
  "DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN " +
  "MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID " +
  "SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE " +
  "SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL"
).split(" ");

/** What the engine has by itself. */
const RUNTIMES = ["runc", "io.containerd.runc.v2"];

/** ApiError 400 */
export function checkConfig(
  config: Partial<ContainerConfig>,
  hostConfig: HostConfig,
  release: Release,
): void {
  const isNew = release === "28";
  const refuse = (old: string, now = old): never => {
    throw new ApiError(400, isNew ? now : old);
  };
  const { Isolation: isolation, OomScoreAdj: score, Runtime: runtime } = hostConfig;
  if (hostConfig.UTSMode === "host" && config.Hostname) {
    refuse("conflicting options: hostname and the UTS mode");
  }
  if (isolation !== "" && isolation !== "default") {
    refuse(
      `Invalid isolation: "${isolation}" - linux only supports 'default'`,
      `invalid isolation: "${isolation}" - linux only supports 'default'`,
    );
  }
  const { WorkingDir: directory } = config;
  if (directory && !directory.startsWith("/")) {
    refuse(`the working directory '${directory}' is invalid, it needs to be an absolute path`);
  }
  if (config.StopSignal) checkSignal(config.StopSignal, release);
  checkTimes(config.Healthcheck);
  checkCapabilities("CapAdd", hostConfig.CapAdd);
  checkCapabilities("CapDrop", hostConfig.CapDrop);
  if (score < -1000 || score > 1000) {
    const range = `${score}, range for oom score adj is [-1000, 1000]`;
    refuse(`Invalid value ${range}`, `invalid value ${range}`);
  }
  if (!RUNTIMES.includes(runtime)) {
    refuse(`Unknown runtime specified ${runtime}`, `unknown or invalid runtime name: ${runtime}`);
  }
  checkLogConfig(hostConfig.LogConfig);
}

function checkTimes(health: Healthcheck | undefined): void {
  for (const [name, ns = 0] of [
    ["Interval", health?.Interval],
    ["Timeout", health?.Timeout],
    ["StartPeriod", health?.StartPeriod],
  ] as const) {
    if (ns !== 0 && ns < MILLISECOND_NS) {
      throw new ApiError(400, `${name} in Healthcheck cannot be less than 1ms`);
    }
  }
}

function checkCapabilities(field: string, names: readonly string[] | null): void {
  for (const written of names ?? []) {
    const name = written.toUpperCase().replace(/^CAP_/, "");
    if (CAPABILITIES.includes(name)) continue;
    throw new ApiError(400, `invalid ${field}: unknown capability: "CAP_${name}"`);
  }
}
