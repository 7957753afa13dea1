import { encodeUtf8 } from "../../sim/utf8.ts";
import { pathComponents } from "./path-names.ts";
import type { FileKind } from "../process/sys.ts";
import type { DeviceNumber } from "./inode.ts";

/** An inode's data. In a base layer it is never changed; an overlay holds changed copies. */
export interface InodeRecord {
  readonly kind: FileKind;
  mode: number;
  uid: number;
  gid: number;
  /** Names that lead to it; a directory counts `.` and its subdirectories' `..`. */
  links: number;
  modifiedSeconds: number;
  /** Files: what is stored, maybe with room behind `sizeBytes`. */
  content?: Uint8Array;
  sizeBytes: number;
  /** Directories: name → inode number. */
  entries?: Map<string, number>;
  /** Symbolic links. */
  target?: string;
  device?: DeviceNumber;
}

/** Number of the root directory's inode, as in ext4. */
export const ROOT_INODE = 2;

/** A file tree that many file systems stand on; it never changes once it is built. */
export interface ImageLayer {
  readonly records: ReadonlyMap<number, InodeRecord>;
  readonly nextInode: number;
}

interface Ownership {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Builds a base layer, maybe on another one. Parent directories are made as needed. */
export class ImageLayerBuilder {
  private readonly records: Map<number, InodeRecord>;
  private next: number;

  constructor(
    private readonly modifiedSeconds: number,
    rootMode = 0o755,
    private readonly below?: ImageLayer,
  ) {
    this.records = new Map(below?.records);
    this.next = below?.nextInode ?? ROOT_INODE + 9;
    if (!below) this.records.set(ROOT_INODE, this.record("directory", { mode: rootMode }));
  }

  directory(path: string, ownership: Ownership = {}): this {
    const record = this.change(this.ensureDirectory(pathComponents(path)));
    record.mode = ownership.mode ?? record.mode;
    record.uid = ownership.uid ?? record.uid;
    record.gid = ownership.gid ?? record.gid;
    return this;
  }

  file(path: string, content: string | Uint8Array, ownership: Ownership = {}): this {
    const bytes = typeof content === "string" ? encodeUtf8(content) : content;
    const record = this.record("file", { mode: 0o644, ...ownership });
    record.content = bytes;
    record.sizeBytes = bytes.length;
    return this.place(path, record);
  }

  symlink(path: string, target: string): this {
    const record = this.record("symlink", { mode: 0o777 });
    record.target = target;
    record.sizeBytes = target.length;
    return this.place(path, record);
  }

  device(path: string, device: DeviceNumber, ownership: Ownership = {}): this {
    const record = this.record("char", { mode: 0o666, ...ownership });
    record.device = device;
    return this.place(path, record);
  }

  /** Another name for a file that is there. */
  link(path: string, existing: string): this {
    const names = pathComponents(existing);
    const name = names.pop() as string;
    const number = this.records.get(this.ensureDirectory(names))?.entries?.get(name);
    if (number === undefined) throw new Error(`no file ${existing}`);
    const record = this.change(number);
    record.links += 1;
    return this.place(path, record, number);
  }

  build(): ImageLayer {
    return { records: this.records, nextInode: this.next };
  }

  private record(kind: FileKind, ownership: Ownership): InodeRecord {
    const record: InodeRecord = {
      kind,
      mode: ownership.mode ?? 0o755,
      uid: ownership.uid ?? 0,
      gid: ownership.gid ?? 0,
      links: kind === "directory" ? 2 : 1,
      modifiedSeconds: this.modifiedSeconds,
      sizeBytes: kind === "directory" ? 4096 : 0,
    };
    if (kind === "directory") record.entries = new Map();
    return record;
  }

  /** The layer below is never written to. */
  private change(number: number): InodeRecord {
    const record = this.records.get(number) as InodeRecord;
    if (this.below?.records.get(number) !== record) return record;
    const copy: InodeRecord = { ...record };
    if (record.entries) copy.entries = new Map(record.entries);
    this.records.set(number, copy);
    return copy;
  }

  private place(path: string, record: InodeRecord, existing?: number): this {
    const names = pathComponents(path);
    const name = names.pop() as string;
    const parent = this.change(this.ensureDirectory(names));
    const number = existing ?? parent.entries?.get(name) ?? this.next++;
    parent.entries?.set(name, number);
    this.records.set(number, record);
    return this;
  }

  private ensureDirectory(names: readonly string[]): number {
    let at = ROOT_INODE;
    for (const name of names) {
      const record = this.records.get(at) as InodeRecord;
      let child = record.entries?.get(name);
      if (child === undefined) {
        child = this.next++;
        this.records.set(child, this.record("directory", {}));
        const parent = this.change(at);
        parent.entries?.set(name, child);
        parent.links += 1;
      }
      const found = this.records.get(child) as InodeRecord;
      if (found.kind === "symlink") {
        child = this.ensureDirectory(pathComponents(found.target as string));
      }
      at = child;
    }
    return at;
  }
}
