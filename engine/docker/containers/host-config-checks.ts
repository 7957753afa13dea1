/** What goes together and what does not; runconfig/hostconfig_unix.go, daemon/container.go. */
import { ApiError } from "../api/errors.ts";
import type { ContainerConfig, HostConfig, RestartPolicy } from "../api/container.ts";
import type { Release } from "../daemon/release.ts";

const MIN_MEMORY_BYTES = 6 << 20;

/** Returns warnings. ApiError 400. */
export function checkHostConfig(
  config: Partial<ContainerConfig>,
  hostConfig: HostConfig,
  release: Release,
): string[] {
  const { NetworkMode: mode } = hostConfig;
  const isShared = mode.startsWith("container:");
  const publishes = Object.keys(hostConfig.PortBindings).length > 0 || hostConfig.PublishAllPorts;
  const refuse = (text: string): never => {
    throw new ApiError(400, `conflicting options: ${text}`);
  };
  if (isShared) {
    const kind = "the container type network mode";
    if (publishes) refuse(`port publishing and ${kind}`);
    if (Object.keys(config.ExposedPorts ?? {}).length > 0) refuse(`port exposing and ${kind}`);
    if (config.Hostname) refuse("hostname and the network mode");
    if (hostConfig.Dns.length > 0) refuse("dns and the network mode");
    if (hostConfig.ExtraHosts?.length) refuse("custom host-to-IP mapping and the network mode");
    if (hostConfig.Links?.length)
      refuse(
        "container type network can't be used with links. This would result in undefined behavior",
      );
    if (config.MacAddress) refuse("mac-address and the network mode");
  }
  if (mode === "host" && hostConfig.Links?.length) {
    refuse(
      "host type networking can't be used with links. This would result in undefined behavior",
    );
  }
  checkPolicy(hostConfig.RestartPolicy, release);
  if (hostConfig.AutoRemove && hostConfig.RestartPolicy.Name !== "no") {
    throw new ApiError(400, "can't create 'AutoRemove' container with restart policy");
  }
  if (hostConfig.Memory > 0 && hostConfig.Memory < MIN_MEMORY_BYTES) {
    throw new ApiError(400, "Minimum memory limit allowed is 6MB");
  }
  const { MemorySwap: swap, Memory: memory } = hostConfig;
  if (swap > 0 && swap < memory) {
    throw new ApiError(
      400,
      "Minimum memoryswap limit should be larger than memory limit, see usage",
    );
  }
  return mode === "host" && publishes
    ? ["Published ports are discarded when using host network mode"]
    : [];
}

const IPC_MODES = ["", "none", "private", "shareable", "host"];

/** Found out when the container starts. ApiError 400 */
export function checkIpcMode(mode: string, release: Release): void {
  if (IPC_MODES.includes(mode) || mode.startsWith("container:")) return;
  throw new ApiError(400, `${release === "28" ? "invalid" : "Invalid"} IPC mode: ${mode}`);
}

const POLICIES = ["no", "always", "unless-stopped", "on-failure"];

/** ApiError 400 */
export function checkPolicy(policy: RestartPolicy, release: Release): void {
  const { Name: name, MaximumRetryCount: retries } = policy;
  const isNew = release === "28";
  if (!POLICIES.includes(name)) {
    throw new ApiError(
      400,
      isNew
        ? `invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`
        : `invalid restart policy '${name}'`,
    );
  }
  if (name !== "on-failure" && retries !== 0) {
    throw new ApiError(
      400,
      isNew
        ? "invalid restart policy: maximum retry count can only be used with 'on-failure'"
        : `maximum retry count cannot be used with restart policy '${name}'`,
    );
  }
  if (retries < 0) {
    throw new ApiError(
      400,
      isNew
        ? "invalid restart policy: maximum retry count cannot be negative"
        : "maximum retry count cannot be negative",
    );
  }
}
