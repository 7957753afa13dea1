/** What dockerd does before it listens. */
import type { Kernel } from "../../kernel/kernel.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { DOCKER_SOCKET } from "../api/engine-api.ts";
import { NO_FIREWALL, type Firewall } from "../firewall/firewall.ts";
import { Iptables } from "../firewall/iptables.ts";
import { Firewall20 } from "../firewall/v20.ts";
import { Firewall28 } from "../firewall/v28.ts";
import { registryOf } from "../store/registry.ts";
import { ConfigError, readConfig, type DaemonConfig } from "./config.ts";
import { Engine } from "./engine.ts";
import { engineState } from "./engine-state.ts";
import { Events } from "./events.ts";
import { Clock } from "./instant.ts";
import type { Release } from "./release.ts";

export const PID_FILE = "/run/docker.pid";
const CONFIG_FILE = "/etc/docker/daemon.json";

/** Throws ConfigError: the daemon does not start. */
export function configOf(sys: Sys, argv: readonly string[]): DaemonConfig {
  const file = sys.access(CONFIG_FILE, {}) ? sys.readTextFile(CONFIG_FILE) : undefined;
  const config = readConfig(file, argv);
  if (sys.uid !== 0) {
    throw new ConfigError(
      "failed to start daemon: dockerd needs to be started with root privileges. To run dockerd in rootless mode as an unprivileged user, see the docs.",
    );
  }
  refuseSecond(sys);
  if (config.liveRestore) throw new ConfigError("Podwire does not model live-restore");
  return config;
}

function refuseSecond(sys: Sys): void {
  if (!sys.access(PID_FILE, {})) return;
  const pid = Number(sys.readTextFile(PID_FILE));
  if (pid === sys.pid) return;
  try {
    sys.kill(pid, 0);
  } catch (error) {
    if (error instanceof KernelError) return;
    throw error;
  }
  throw new ConfigError(
    `failed to start daemon, ensure docker is not running or delete ${PID_FILE.replace("/run/", "/var/run/")}: process with PID ${pid} is still running`,
  );
}

/** The engine of that daemon; it listens. The one that socket activation has made, if it has. */
export function startEngine(
  sys: Sys,
  kernel: Kernel,
  config: DaemonConfig,
  release: Release,
): Engine {
  const existing = kernel.endpoints.get(DOCKER_SOCKET);
  if (existing instanceof Engine && existing.isOf(sys)) return existing;
  const clock = new Clock(kernel.sim);
  const { netfilter } = kernel.initialNamespaces.net;
  const iptables = new Iptables(sys, netfilter, "ipv4");
  const ip6tables = config.ip6tables ? new Iptables(sys, netfilter, "ipv6") : undefined;
  const engine = new Engine(
    {
      kernel,
      sys,
      release,
      config,
      random: kernel.random,
      clock,
      events: new Events(clock),
      firewall: firewallOf(config, release, iptables, ip6tables),
      dropForwarding: () => iptables.run("filter", "-P FORWARD DROP"),
      state: engineState(kernel),
    },
    registryOf(kernel),
  );
  engine.start();
  sys.writeFile(PID_FILE, `${sys.pid}`);
  kernel.endpoints.set(DOCKER_SOCKET, engine);
  return engine;
}

function firewallOf(
  config: DaemonConfig,
  release: Release,
  iptables: Iptables,
  ip6tables: Iptables | undefined,
): Firewall {
  if (!config.iptables) return NO_FIREWALL;
  const hairpin = !config.userlandProxy;
  return release === "28"
    ? new Firewall28(iptables, ip6tables, hairpin)
    : new Firewall20(iptables, hairpin);
}
