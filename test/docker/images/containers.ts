/** Containers of registry images, run by the kernel's runtime without an engine. */
import { debian12 } from "../../../engine/images/debian-12.ts";
import type { RegistryImage } from "../../../engine/docker/images/registry-image.ts";
import type { Network } from "../../../engine/kernel/namespaces.ts";
import type { WaitStatus } from "../../../engine/kernel/process/sys.ts";
import { BufferFile } from "../../../engine/machine/buffer-file.ts";
import {
  containerRoot,
  RuntimeContainer,
  type ContainerProcessSpec,
} from "../../../engine/machine/container-runtime.ts";
import { Machine } from "../../../engine/machine/machine.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";
import { decodeUtf8 } from "../../../engine/sim/utf8.ts";

export interface Output {
  out: string;
  err: string;
  status: WaitStatus | undefined;
}

export class Box {
  readonly main: Output;
  private readonly runtime: RuntimeContainer;

  constructor(
    private readonly host: DockerHost,
    readonly image: RegistryImage,
    readonly net: Network,
    argv?: readonly string[],
  ) {
    const { Entrypoint, Cmd } = image.config;
    const [main, spec] = this.spec([...(Entrypoint ?? []), ...(argv ?? Cmd ?? [])]);
    this.main = main;
    const { kernel } = host.machine;
    kernel.programs.add(image.programs);
    this.runtime = new RuntimeContainer(kernel, {
      root: containerRoot(kernel, image.files, host.machine.disk),
      rootOptions: "rw,relatime",
      mounts: [],
      hostname: "box",
      namespaces: { net },
      cgroup: `/system.slice/docker-${++host.boxes}.scope`,
      supervisor: ["/usr/bin/containerd-shim-runc-v2"],
      process: spec,
    });
    this.runtime.start();
    host.seconds(1);
  }

  get pid(): number {
    return this.runtime.init?.pid ?? 0;
  }

  /** `docker exec BOX sh -c LINE` */
  types(line: string, seconds = 3): Output {
    return this.exec(["sh", "-c", line], seconds);
  }

  exec(argv: readonly string[], seconds = 3): Output {
    const [output, spec] = this.spec(argv);
    this.runtime.exec(spec);
    this.host.seconds(seconds);
    return output;
  }

  kill(signal: "SIGTERM" | "SIGQUIT" | "SIGHUP" | "SIGKILL"): void {
    this.runtime.kill(signal);
    this.host.seconds(1);
  }

  private spec(argv: readonly string[]): [Output, ContainerProcessSpec] {
    const output: Output = { out: "", err: "", status: undefined };
    return [
      output,
      {
        argv,
        env: [...(this.image.config.Env ?? []), "HOSTNAME=box"],
        cwd: this.image.config.WorkingDir || "/",
        user: this.image.config.User ?? "",
        streams: {
          stdout: new BufferFile((data) => void (output.out += decodeUtf8(data))),
          stderr: new BufferFile((data) => void (output.err += decodeUtf8(data))),
        },
        onEnd: (status) => (output.status = status),
      },
    ];
  }
}

export class DockerHost {
  readonly machine: Machine;
  boxes = 0;
  private readonly sim = new Simulation(1);

  constructor() {
    this.machine = new Machine({ sim: this.sim, name: "host", image: debian12() });
    this.machine.powerOn();
    this.seconds(1);
  }

  seconds(count: number): void {
    this.sim.advanceTo(this.sim.nowNs + count * 1e9, 1e6);
  }

  /** In a network namespace of its own, or in another box's. */
  run(image: RegistryImage, options: { argv?: readonly string[]; with?: Box } = {}): Box {
    const { kernel } = this.machine;
    const net = options.with?.net ?? kernel.namespaces.newNetwork();
    net.rtnetlink.setLink("lo", { up: true });
    return new Box(this, image, net, options.argv);
  }

  types(line: string): string {
    const command = this.machine.run(line);
    this.seconds(2);
    return command.stdout + command.stderr;
  }
}
