/** Disk images of machines that have Docker: the programs, the units, and what starts the daemon. */
import { executableFile, programKey } from "../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../kernel/fs/image-layer.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process/program.ts";
import type { DiskImage } from "../machine/disk-image.ts";
import type { ServiceUnit } from "../machine/service.ts";
import { unitFile } from "../images/units.ts";
import { dockerCommand } from "./cli/index.ts";
import { activateDocker } from "./daemon/activation.ts";
import { containerd } from "./daemon/containerd.ts";
import { dockerProxy } from "./daemon/docker-proxy.ts";
import { CONTAINERD_SOCKET, dockerd } from "./daemon/dockerd.ts";
import type { Release } from "./daemon/release.ts";

export interface DockerOptions {
  readonly engine: Release;
  readonly cli: Release;
  /**
   * docker.socket: the first client starts the daemon, and systemd starts it again when it dies.
   * Without it the daemon runs when it is started.
   */
  readonly socketActivated: boolean;
}

/** Bookworm's docker.io 20.10.24, and the packages of docker.com. 2025-11-05 */
const INSTALLED_SECONDS = 1_762_352_665;

function units(socketActivated: boolean): ServiceUnit[] {
  return [
    {
      name: "containerd",
      description: "containerd container runtime",
      documentation: "https://containerd.io",
      argv: ["/usr/bin/containerd"],
      enabled: false,
    },
    {
      name: "docker",
      description: "Docker Application Container Engine",
      documentation: "https://docs.docker.com",
      argv: ["/usr/sbin/dockerd", "-H", "fd://", `--containerd=${CONTAINERD_SOCKET}`],
      enabled: false,
      restart: socketActivated ? "always" : "no",
    },
  ];
}

export function withDocker(image: DiskImage, options: DockerOptions): DiskImage {
  const { engine, cli, socketActivated } = options;
  const programs: Program[] = [
    containerd(engine),
    dockerd(engine),
    dockerProxy(engine),
    ...dockerCommand(cli),
  ];
  const services = units(socketActivated);
  const files = new ImageLayerBuilder(INSTALLED_SECONDS, 0o755, image.files);
  for (const program of programs) {
    files.file(`${program.directory ?? "/usr/bin"}/${program.name}`, executableFile(program), {
      mode: 0o755,
    });
  }
  for (const unit of services) {
    files.file(`/lib/systemd/system/${unit.name}.service`, unitFile(unit));
  }
  files.directory("/etc/docker").directory("/var/lib/docker", { mode: 0o710 });
  return {
    ...image,
    files: files.build(),
    programs: new Map([
      ...image.programs,
      ...programs.map((program) => [programKey(program), program] as const),
    ]),
    services: [...image.services, ...services],
    dockerRelease: engine,
    attach(kernel: Kernel) {
      image.attach?.(kernel);
      kernel.endpoints.set(CONTAINERD_SOCKET, kernel);
      if (socketActivated) activateDocker(kernel, engine);
    },
  };
}
