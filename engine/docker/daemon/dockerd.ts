/** dockerd(8): the daemon. */
import { KernelError } from "../../kernel/errno.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { DOCKER_SOCKET, SocketActivation } from "../api/engine-api.ts";
import { ConfigError, type DaemonConfig } from "./config.ts";
import { configOf, PID_FILE, startEngine } from "./start-engine.ts";
import { RELEASES, type Release } from "./release.ts";

/** Where the daemon finds what makes containers: `sys.endpoint(CONTAINERD_SOCKET)`. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

export function dockerd(release: Release): Program {
  return {
    name: "dockerd",
    package: "docker.io",
    directory: "/usr/sbin",
    docs: {
      summary: "Enable daemon mode",
      synopsis: "dockerd [OPTIONS]",
      options: [
        ["--iptables", "add rules to the packet filter (default true)"],
        ["--userland-proxy", "a docker-proxy for each published port (default true)"],
        ["--icc", "containers of the default bridge reach each other (default true)"],
        ["--ip-forward, --ip-masq, --ip ADDRESS", "as daemon.json has them"],
        ["--bip CIDR, --bridge NAME, --fixed-cidr CIDR", "of the default bridge"],
        ["--default-address-pool base=CIDR,size=N", "where networks get their addresses"],
        ["--dns IP, --dns-opt OPTION, --dns-search NAME", "of containers"],
        ["--log-driver NAME, --log-opt KEY=VALUE", "of containers"],
        ["--mtu N, --label KEY=VALUE, --shutdown-timeout SECONDS, -D", "as the real ones"],
      ],
      limitations: [
        "live-restore is not modelled: containers end with the daemon.",
        "The daemon listens on /run/docker.sock only; -H is accepted and ignored.",
      ],
    },
    main: (sys, argv) => run(sys, argv, release),
  };
}

function* run(sys: Sys, argv: readonly string[], release: Release): Blocking<number> {
  if (argv.includes("--version") || argv.includes("-v")) {
    const { version, gitCommit } = RELEASES[release];
    yield* sys.print(`Docker version ${version}, build ${gitCommit}\n`);
    return 0;
  }
  const kernel = sys.endpoint(CONTAINERD_SOCKET) as Kernel | undefined;
  let config: DaemonConfig;
  try {
    config = configOf(sys, argv);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* sys.printError(`${error.message}\n`);
    return 1;
  }
  if (!kernel) {
    yield* sys.printError(
      `failed to start daemon: failed to dial "${CONTAINERD_SOCKET}": context deadline exceeded\n`,
    );
    return 1;
  }
  return yield* serve(sys, kernel, config, release);
}

function* serve(
  sys: Sys,
  kernel: Kernel,
  config: DaemonConfig,
  release: Release,
): Blocking<number> {
  // What listened before, and will again: systemd, if it starts the daemon on demand.
  const before = kernel.endpoints.get(DOCKER_SOCKET);
  const engine = startEngine(sys, kernel, config, release);
  const listener = before instanceof SocketActivation ? before : engine.activation;
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    sys.signal(signal, () => {
      stopping = true;
    });
  }
  sys.signal("SIGHUP", () => {});
  sys.signal("SIGCHLD", () => {});
  const stopListening = (): void => {
    if (kernel.endpoints.get(DOCKER_SOCKET) !== engine) return;
    if (listener) kernel.endpoints.set(DOCKER_SOCKET, listener);
    else kernel.endpoints.delete(DOCKER_SOCKET);
  };
  try {
    while (!stopping) yield* collect(sys);
    stopListening();
    yield* engine.lifecycle.shutDown(config.shutdownTimeoutSeconds);
    return 0;
  } finally {
    stopListening();
    engine.close();
    if (sys.access(PID_FILE, {})) sys.unlink(PID_FILE);
  }
}

/** Waits for signals; collects docker-proxy processes that have ended. */
function* collect(sys: Sys): Blocking<void> {
  try {
    while (yield* sys.waitpid(-1, { noHang: true }));
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno !== "ECHILD") throw error;
  }
  try {
    yield* sys.pause();
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
  }
}
