import type { Random } from "../../sim/random.ts";
import { KernelError } from "../errno.ts";
import type { Process } from "../process/process.ts";
import type { OpenFlags, Stat } from "../process/sys.ts";
import { WaitQueue } from "../process/wait-queue.ts";
import { pathOf, type Dentry } from "./dentry.ts";
import type { DeviceNumber } from "./inode.ts";
import type { OpenFile, Readiness } from "./open-file.ts";

const EMPTY = new Uint8Array(0);

/** What reading and writing a memory device does. */
interface MemoryDevice {
  read(max: number, random: Random): Uint8Array;
  /** Bytes taken. */
  write(data: Uint8Array): number;
}

/** Opens a device that needs to know who opens it, such as /dev/tty. */
export type DeviceOpener = (process: Process, flags: OpenFlags) => OpenFile;

const swallow = (data: Uint8Array) => data.length;
const zeros = (max: number) => new Uint8Array(max);
const draw = { read: (max: number, random: Random) => random.bytes(max), write: swallow };

const MEMORY_DEVICES: ReadonlyMap<string, MemoryDevice> = new Map([
  ["1:3", { read: () => EMPTY, write: swallow }],
  ["1:5", { read: zeros, write: swallow }],
  [
    "1:7",
    {
      read: zeros,
      write: () => {
        throw new KernelError("ENOSPC");
      },
    },
  ],
  ["1:8", draw],
  ["1:9", draw],
]);

/** Character devices by number, Linux Documentation/admin-guide/devices.txt. */
export class Devices {
  private readonly openers = new Map<string, DeviceOpener>();

  constructor(private readonly random: Random) {}

  register(device: DeviceNumber, opener: DeviceOpener): void {
    this.openers.set(`${device.major}:${device.minor}`, opener);
  }

  /** ENXIO: there is no such device. */
  open(device: DeviceNumber, flags: OpenFlags, process: Process, dentry: Dentry): OpenFile {
    const key = `${device.major}:${device.minor}`;
    const opener = this.openers.get(key);
    if (opener) return opener(process, flags);
    const memory = MEMORY_DEVICES.get(key);
    if (!memory) throw new KernelError("ENXIO");
    return new MemoryDeviceFile(memory, this.random, dentry.inode.stat(), flags, pathOf(dentry));
  }
}

class MemoryDeviceFile implements OpenFile {
  readonly kind = "char";
  readonly changed = new WaitQueue();
  nonBlocking = false;

  constructor(
    private readonly device: MemoryDevice,
    private readonly random: Random,
    private readonly status: Stat,
    private readonly flags: OpenFlags,
    private readonly path: string,
  ) {}

  read(max: number): Uint8Array {
    if (!this.flags.read) throw new KernelError("EBADF");
    return this.device.read(max, this.random);
  }

  write(data: Uint8Array): number {
    if (!this.flags.write) throw new KernelError("EBADF");
    return this.device.write(data);
  }

  readiness(): Readiness {
    return { in: true, out: true, hangup: false, error: false };
  }

  stat(): Stat {
    return this.status;
  }

  release(): void {}

  describe(): string {
    return this.path;
  }

  seek(): number {
    return 0;
  }
}
