/** docker.socket: systemd listens for the daemon and starts it when the first client comes. */
import { KernelError } from "../../kernel/errno.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { SERVICE_MANAGER_SOCKET, type ServiceManager } from "../../machine/service-manager.ts";
import { DOCKER_SOCKET, SocketActivation } from "../api/engine-api.ts";
import { ConfigError } from "./config.ts";
import type { Engine } from "./engine.ts";
import { configOf, startEngine } from "./start-engine.ts";
import type { Release } from "./release.ts";

const UNIT = "docker";

/** Puts the unit's listener on the daemon's socket. */
export function activateDocker(kernel: Kernel, release: Release): void {
  kernel.endpoints.set(DOCKER_SOCKET, new SocketActivation(() => activate(kernel, release)));
}

/** The process is there at once; what it does first is done before the client goes on. */
function activate(kernel: Kernel, release: Release): Engine | undefined {
  const manager = kernel.endpoints.get(SERVICE_MANAGER_SOCKET) as ServiceManager | undefined;
  try {
    manager?.start(UNIT);
    const pid = manager?.status(UNIT)?.mainPid ?? 0;
    const process = kernel.processes.find(pid);
    if (!process?.sys) return undefined;
    return startEngine(process.sys, kernel, configOf(process.sys, process.argv), release);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof KernelError) return undefined;
    throw error;
  }
}
