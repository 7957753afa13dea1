import { KernelError } from "../errno.ts";
import { ROOT_INODE, type ImageLayer, type InodeRecord } from "./image-layer.ts";
import type { FileSystem, NewInode } from "./inode.ts";
import { LayeredInode } from "./layered-inode.ts";
import { Pipe } from "../process/pipe.ts";

export interface LayeredOptions {
  readonly type: string;
  /** Unix seconds now. */
  readonly clock: () => number;
  /** What files may hold beyond the base layer; ENOSPC past it. */
  readonly maxBytes: number;
  readonly maxInodes: number;
  /** The file system that its changes are stored on, and are counted for: overlayfs. */
  readonly holder?: LayeredFileSystem;
}

/**
 * A copy-on-write file system: a base layer that it shares with others, and its own changes.
 * An inode is copied up when it is first changed, as overlayfs does.
 */
export class LayeredFileSystem implements FileSystem {
  readonly type: string;
  readonly root: LayeredInode = new LayeredInode(this, ROOT_INODE, "directory");
  /** Changed and new inodes. */
  private readonly upper = new Map<number, InodeRecord>();
  private readonly openCounts = new Map<number, number>();
  private fifos: Map<number, Pipe> | undefined;
  private nextInode: number;
  private bytesUsed = 0;

  constructor(
    readonly base: ImageLayer,
    private readonly options: LayeredOptions,
  ) {
    this.type = options.type;
    this.nextInode = base.nextInode;
  }

  /** The inode's data, to read. */
  record(number: number): InodeRecord {
    const record = this.upper.get(number) ?? this.base.records.get(number);
    if (!record) throw new KernelError("ENOENT");
    return record;
  }

  inode(number: number): LayeredInode {
    const record = this.record(number);
    return new LayeredInode(this, number, record.kind, record.device);
  }

  /** The inode's data, to change. */
  change(number: number): InodeRecord {
    const own = this.upper.get(number);
    if (own) return own;
    const base = this.record(number);
    if (base.kind === "file") this.charge(base.sizeBytes);
    const copy: InodeRecord = { ...base };
    if (base.entries) copy.entries = new Map(base.entries);
    // The base's bytes must not be written over: a write makes room elsewhere first.
    if (base.content) copy.content = base.content.subarray(0, base.sizeBytes);
    this.upper.set(number, copy);
    return copy;
  }

  /** True when the bytes still belong to the base layer. */
  isShared(number: number, record: InodeRecord): boolean {
    const base = this.base.records.get(number);
    return base?.content !== undefined && base.content.buffer === record.content?.buffer;
  }

  allocate(what: NewInode): number {
    if (this.upper.size >= this.options.maxInodes) throw new KernelError("ENOSPC");
    const number = this.nextInode++;
    const record: InodeRecord = {
      kind: what.kind,
      mode: what.mode,
      uid: what.uid,
      gid: what.gid,
      links: what.kind === "directory" ? 2 : 1,
      modifiedSeconds: this.now(),
      sizeBytes: what.kind === "directory" ? 4096 : (what.target?.length ?? 0),
    };
    if (what.kind === "directory") record.entries = new Map();
    if (what.target !== undefined) record.target = what.target;
    if (what.device) record.device = what.device;
    this.upper.set(number, record);
    return number;
  }

  /** Accounts for `bytes` more (or fewer). ENOSPC. */
  charge(bytes: number): void {
    if (bytes > 0 && this.bytesUsed + bytes > this.options.maxBytes) {
      throw new KernelError("ENOSPC");
    }
    this.options.holder?.charge(bytes);
    this.bytesUsed += bytes;
  }

  /** Bytes that files hold beyond the base layer. */
  get ownBytes(): number {
    return this.bytesUsed;
  }

  /** What is there now, as a layer for others to stand on: `docker commit`. */
  snapshot(): ImageLayer {
    const records = new Map(this.base.records);
    for (const [number, record] of this.upper) {
      if (record.links === 0) records.delete(number);
      else {
        const copy: InodeRecord = { ...record };
        if (record.entries) copy.entries = new Map(record.entries);
        if (record.content) copy.content = record.content.slice(0, record.sizeBytes);
        records.set(number, copy);
      }
    }
    return { records, nextInode: this.nextInode };
  }

  /** It is done with: what it stored is given back. */
  discard(): void {
    this.charge(-this.bytesUsed);
    this.upper.clear();
  }

  get limits(): Pick<LayeredOptions, "maxBytes" | "maxInodes"> {
    const { maxBytes, maxInodes } = this.options;
    return { maxBytes, maxInodes };
  }

  get usage(): NonNullable<FileSystem["usage"]> {
    if (this.options.holder) return this.options.holder.usage;
    const { maxBytes, maxInodes } = this.options;
    return { bytes: this.bytesUsed, maxBytes, inodes: this.upper.size, maxInodes };
  }

  now(): number {
    return this.options.clock();
  }

  fifo(number: number): Pipe {
    this.fifos ??= new Map();
    let pipe = this.fifos.get(number);
    if (!pipe) {
      pipe = new Pipe(number, `pipe:[${number}]`, true);
      this.fifos.set(number, pipe);
    }
    return pipe;
  }

  opened(number: number): void {
    this.openCounts.set(number, (this.openCounts.get(number) ?? 0) + 1);
  }

  closed(number: number): void {
    const left = (this.openCounts.get(number) ?? 1) - 1;
    if (left > 0) this.openCounts.set(number, left);
    else this.openCounts.delete(number);
    this.forgetIfUnused(number);
  }

  /** Frees an inode that no name and no open file leads to. */
  forgetIfUnused(number: number): void {
    const record = this.upper.get(number);
    if (!record || record.links > 0 || this.openCounts.has(number)) return;
    if (record.kind === "file") this.charge(-record.sizeBytes);
    this.upper.delete(number);
    this.fifos?.delete(number);
  }

  /** True if the inode differs from the base layer. */
  isChanged(number: number): boolean {
    return this.upper.has(number);
  }
}
