import { KernelError } from "../errno.ts";
import type { FileKind, OpenFlags, Stat } from "../process/sys.ts";
import type { Process } from "../process/process.ts";
import { pathOf, type Dentry } from "./dentry.ts";
import type { InodeRecord } from "./image-layer.ts";
import type { AttributeChanges, DeviceNumber, Inode, NewInode } from "./inode.ts";
import type { LayeredFileSystem } from "./layered-file-system.ts";
import type { OpenFile } from "./open-file.ts";
import { RegularFile } from "./regular-file.ts";

/** A handle for one inode of a layered file system. */
export class LayeredInode implements Inode {
  constructor(
    readonly fileSystem: LayeredFileSystem,
    readonly number: number,
    readonly kind: FileKind,
    readonly device?: DeviceNumber,
  ) {}

  stat(): Stat {
    const record = this.fileSystem.record(this.number);
    return {
      inode: this.number,
      kind: record.kind,
      mode: record.mode,
      uid: record.uid,
      gid: record.gid,
      links: record.links,
      sizeBytes: record.sizeBytes,
      modifiedSeconds: record.modifiedSeconds,
    };
  }

  setAttributes(changes: AttributeChanges): void {
    Object.assign(this.fileSystem.change(this.number), changes);
  }

  lookup(name: string): LayeredInode | undefined {
    const number = this.entries().get(name);
    return number === undefined ? undefined : this.fileSystem.inode(number);
  }

  list(): readonly string[] {
    return [...this.entries().keys()];
  }

  create(name: string, what: NewInode): LayeredInode {
    if (this.entries().has(name)) throw new KernelError("EEXIST");
    if (this.fileSystem.record(this.number).links === 0) throw new KernelError("ENOENT");
    const number = this.fileSystem.allocate(what);
    const record = this.changeEntries();
    record.entries?.set(name, number);
    if (what.kind === "directory") record.links += 1;
    return this.fileSystem.inode(number);
  }

  link(name: string, target: Inode): void {
    if (target.fileSystem !== this.fileSystem) throw new KernelError("EXDEV");
    if (this.entries().has(name)) throw new KernelError("EEXIST");
    this.fileSystem.change(target.number).links += 1;
    this.changeEntries().entries?.set(name, target.number);
  }

  remove(name: string): void {
    const number = this.entries().get(name);
    if (number === undefined) throw new KernelError("ENOENT");
    const target = this.fileSystem.record(number);
    if (target.entries && target.entries.size > 0) throw new KernelError("ENOTEMPTY");
    const record = this.changeEntries();
    record.entries?.delete(name);
    const changed = this.fileSystem.change(number);
    if (target.kind === "directory") {
      record.links -= 1;
      changed.links = 0;
    } else {
      changed.links -= 1;
    }
    this.fileSystem.forgetIfUnused(number);
  }

  rename(name: string, toDirectory: Inode, toName: string): void {
    if (toDirectory.fileSystem !== this.fileSystem) throw new KernelError("EXDEV");
    const to = toDirectory as LayeredInode;
    const number = this.entries().get(name);
    if (number === undefined) throw new KernelError("ENOENT");
    if (to.entries().has(toName)) to.remove(toName);
    const from = this.changeEntries();
    from.entries?.delete(name);
    const into = to.changeEntries();
    into.entries?.set(toName, number);
    if (this.fileSystem.record(number).kind === "directory") {
      from.links -= 1;
      into.links += 1;
    }
  }

  readlink(): string {
    const target = this.fileSystem.record(this.number).target;
    if (target === undefined) throw new KernelError("EINVAL");
    return target;
  }

  open(flags: OpenFlags, _caller: Process, dentry: Dentry): OpenFile {
    if (this.kind === "fifo") {
      return this.fileSystem.fifo(this.number).openEnd(flags.write ? "write" : "read");
    }
    return new RegularFile(this.fileSystem, this.number, flags, pathOf(dentry));
  }

  truncate(sizeBytes: number): void {
    resizeContent(this.fileSystem, this.number, sizeBytes);
  }

  private entries(): Map<string, number> {
    const entries = this.fileSystem.record(this.number).entries;
    if (!entries) throw new KernelError("ENOTDIR");
    return entries;
  }

  private changeEntries(): InodeRecord {
    const record = this.fileSystem.change(this.number);
    record.modifiedSeconds = this.fileSystem.now();
    return record;
  }
}

/** Makes a file that long, cutting it or filling it with zeros. ENOSPC. */
export function resizeContent(
  fileSystem: LayeredFileSystem,
  number: number,
  sizeBytes: number,
): InodeRecord {
  const record = fileSystem.change(number);
  fileSystem.charge(sizeBytes - record.sizeBytes);
  const old = record.content ?? new Uint8Array(0);
  if (sizeBytes > old.length || fileSystem.isShared(number, record)) {
    const grown = new Uint8Array(sizeBytes > record.sizeBytes ? capacityFor(sizeBytes) : sizeBytes);
    grown.set(old.subarray(0, Math.min(record.sizeBytes, sizeBytes)));
    record.content = grown;
  } else if (sizeBytes > record.sizeBytes) {
    old.fill(0, record.sizeBytes, sizeBytes);
  } else if (sizeBytes === 0) {
    record.content = new Uint8Array(0);
  }
  record.sizeBytes = sizeBytes;
  record.modifiedSeconds = fileSystem.now();
  return record;
}

/** Room to grow into, so that appending line by line does not copy the file each time. */
function capacityFor(sizeBytes: number): number {
  return sizeBytes < 256 ? sizeBytes : Math.ceil(sizeBytes * 1.5);
}
