import { executableFile, programKey } from "../../engine/kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../engine/kernel/fs/image-layer.ts";
import type { Program } from "../../engine/kernel/process/program.ts";
import type { Sys } from "../../engine/kernel/process/sys.ts";
import type { Blocking } from "../../engine/kernel/process/wait-queue.ts";
import type { DiskImage } from "../../engine/machine/disk-image.ts";
import { Machine } from "../../engine/machine/machine.ts";
import { exitStatusOf } from "../../engine/machine/command.ts";
import { BufferFile } from "../../engine/machine/buffer-file.ts";
import type { ServiceUnit } from "../../engine/machine/service.ts";
import { SECOND } from "../../engine/sim/clock.ts";
import { Simulation } from "../../engine/sim/simulation.ts";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";
import { noNetwork } from "./no-network.ts";

type Main = (sys: Sys, argv: readonly string[]) => Blocking<number>;

/** A program for one test. */
export function program(name: string, main: Main): Program {
  return { name, package: "test", docs: { summary: "", synopsis: "" }, main };
}

export function imageOf(
  programs: readonly Program[],
  services: readonly ServiceUnit[] = [],
): DiskImage {
  const files = new ImageLayerBuilder(1_700_000_000);
  for (const path of ["/dev", "/proc", "/sys", "/run", "/home"]) files.directory(path);
  files
    .directory("/tmp", { mode: 0o1777 })
    .directory("/root", { mode: 0o700 })
    .symlink("/bin", "usr/bin")
    .symlink("/var/run", "/run")
    .file("/etc/hostname", "test\n")
    .directory("/usr/bin");
  for (const each of programs) {
    files.file(`/usr/bin/${each.name}`, executableFile(each), { mode: 0o755 });
  }
  return {
    name: "test",
    title: "Test",
    files: files.build(),
    programs: new Map(programs.map((each) => [programKey(each), each])),
    services,
  };
}

export interface TestMachine {
  readonly sim: Simulation;
  readonly machine: Machine;
  /** Runs a function as a child of init until it ends (or 100 s have passed). */
  run(main: Main): {
    readonly out: string;
    readonly err: string;
    readonly status: number | undefined;
  };
  /** The same without waiting. */
  start(main: Main): StartedProcess;
  advance(seconds: number): void;
}

export interface StartedProcess {
  readonly pid: number;
  readonly out: string;
  readonly err: string;
  readonly status: number | undefined;
}

export function smallMachine(
  programs: readonly Program[] = [],
  services: readonly ServiceUnit[] = [],
  options: { readonly network?: boolean } = {},
): TestMachine {
  const sim = new Simulation(1);
  const machine = new Machine({
    sim,
    name: "box",
    image: imageOf(programs, services),
    ...(options.network ? {} : { createNetwork: noNetwork }),
  });
  machine.powerOn();
  sim.advanceTo(SECOND);

  const start = (main: Main): StartedProcess => {
    const { kernel } = machine;
    const init = kernel.processes.get(1);
    const process = kernel.createProcess({
      parent: init,
      argv: ["main"],
      env: new Map([["PATH", "/usr/bin"]]),
    });
    process.session = process.pid;
    process.group = process.pid;
    const text = { out: "", err: "" };
    process.descriptors.put(0, new BufferFile(undefined));
    process.descriptors.put(1, new BufferFile((data) => void (text.out += decodeUtf8(data))));
    process.descriptors.put(2, new BufferFile((data) => void (text.err += decodeUtf8(data))));
    let status: number | undefined;
    process.endListeners.push((ended) => {
      status = exitStatusOf(ended);
    });
    kernel.scheduler.start(process, (sys) => main(sys, ["main"]));
    return {
      pid: process.pid,
      get out() {
        return text.out;
      },
      get err() {
        return text.err;
      },
      get status() {
        return status;
      },
    };
  };
  return {
    sim,
    machine,
    start,
    run: (main) => {
      const started = start(main);
      const deadline = sim.nowNs + 100 * SECOND;
      while (started.status === undefined) {
        const next = sim.nextEventNs();
        if (next === undefined || next > deadline) break;
        sim.step();
      }
      return started;
    },
    advance: (seconds) => void sim.advanceTo(sim.nowNs + seconds * SECOND),
  };
}
