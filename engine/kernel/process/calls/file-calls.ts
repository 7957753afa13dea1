import type { Ns } from "../../../sim/clock.ts";
import { decodeUtf8, encodeUtf8 } from "../../../sim/utf8.ts";
import { KernelError } from "../../errno.ts";
import { pathOf, type Dentry } from "../../fs/dentry.ts";
import { isSameInode, type Inode } from "../../fs/inode.ts";
import { isPermitted, requirePermission, type Place } from "../../fs/mount-namespace.ts";
import type { OpenFile } from "../../fs/open-file.ts";
import { Pipe } from "../pipe.ts";
import type { Process } from "../process.ts";
import { YIELD } from "../scheduler.ts";
import type { FileSystemUsage, OpenFlags, PollEntry, PollResult, Stat } from "../sys.ts";
import type { Blocking, WaitQueue } from "../wait-queue.ts";
import { CredentialCalls } from "./credential-calls.ts";

/** What read takes at a time unless told. */
const DEFAULT_READ = 65_536;

/** Descriptors and names: files, directories, pipes. */
export abstract class FileCalls extends CredentialCalls {
  cwd(): string {
    this.enter();
    return pathOf(this.process.cwd);
  }

  chdir(path: string): void {
    this.enter();
    const dentry = this.resolve(path);
    if (dentry.inode.kind !== "directory") throw new KernelError("ENOTDIR");
    requirePermission(dentry.inode, this.process, 1);
    this.process.cwd = dentry;
  }

  umask(mask?: number): number {
    this.enter();
    const before = this.process.umask;
    if (mask !== undefined) this.process.umask = mask & 0o777;
    return before;
  }

  open(path: string, flags: OpenFlags, mode = 0o666): number {
    this.enter();
    return this.process.descriptors.install(this.openFile(path, flags, mode));
  }

  close(fd: number): void {
    this.enter();
    this.process.descriptors.close(fd);
  }

  *read(fd: number, max = DEFAULT_READ): Blocking<Uint8Array> {
    yield* this.enterBlocking();
    for (;;) {
      const file = this.file(fd);
      yield* this.waitForForeground(file);
      const data = file.read(max);
      if (data) return data;
      if (file.nonBlocking) throw new KernelError("EAGAIN");
      const reason = yield { queues: [file.changed] };
      if (reason === "interrupted") throw new KernelError("EINTR");
    }
  }

  *write(fd: number, data: Uint8Array): Blocking<void> {
    yield* this.enterBlocking();
    let rest = data;
    do {
      const file = this.file(fd);
      let taken: number | undefined;
      try {
        taken = file.write(rest);
      } catch (error) {
        yield* this.signalBrokenPipe(error);
        throw error;
      }
      if (taken === undefined) {
        if (file.nonBlocking) throw new KernelError("EAGAIN");
        const reason = yield { queues: [file.changed] };
        if (reason === "interrupted") throw new KernelError("EINTR");
      } else {
        rest = rest.subarray(taken);
      }
    } while (rest.length > 0);
  }

  seek(fd: number, offset: number, whence: "set" | "current" | "end"): number {
    this.enter();
    const file = this.file(fd);
    if (!file.seek) throw new KernelError("ESPIPE");
    return file.seek(offset, whence);
  }

  truncate(path: string, sizeBytes: number): void {
    this.enter();
    const { inode, mount } = this.resolve(path);
    if (inode.kind === "directory") throw new KernelError("EISDIR");
    if (inode.kind !== "file" || sizeBytes < 0) throw new KernelError("EINVAL");
    requirePermission(inode, this.process, 2);
    if (mount.readOnly) throw new KernelError("EROFS");
    inode.truncate(sizeBytes);
  }

  pipe(): { readonly read: number; readonly write: number } {
    this.enter();
    const inode = this.kernel.nextAnonymousInode();
    const pipe = new Pipe(inode, `pipe:[${inode}]`);
    const ends = [pipe.openEnd("read"), pipe.openEnd("write")] as const;
    const read = this.process.descriptors.install(ends[0]);
    try {
      return { read, write: this.process.descriptors.install(ends[1]) };
    } catch (error) {
      this.process.descriptors.close(read);
      throw error;
    }
  }

  mkfifo(path: string, mode = 0o666): void {
    this.enter();
    this.createAt(this.place(path), "fifo", mode & ~this.process.umask);
  }

  dup(fd: number, options: { readonly to?: number; readonly from?: number } = {}): number {
    this.enter();
    const file = this.file(fd);
    if (options.to === undefined) return this.process.descriptors.install(file, options.from);
    this.process.descriptors.put(options.to, file);
    return options.to;
  }

  descriptors(): readonly number[] {
    this.enter();
    return this.process.descriptors.list();
  }

  *poll(entries: readonly PollEntry[], timeoutNs?: Ns): Blocking<readonly PollResult[]> {
    yield* this.enterBlocking();
    const deadline =
      timeoutNs === undefined ? undefined : this.kernel.sim.nowNs + Math.max(0, timeoutNs);
    for (;;) {
      const results: PollResult[] = [];
      const queues: WaitQueue[] = [];
      let isReady = false;
      for (const { fd, events } of entries) {
        const file = this.file(fd);
        const now = file.readiness();
        const result = {
          fd,
          in: now.in && events.includes("in"),
          out: now.out && events.includes("out"),
          hangup: now.hangup,
          error: now.error,
        };
        if (result.in || result.out || result.hangup || result.error) isReady = true;
        results.push(result);
        queues.push(file.changed);
      }
      const left = deadline === undefined ? undefined : deadline - this.kernel.sim.nowNs;
      if (isReady || (left !== undefined && left <= 0)) return results;
      const reason = yield left === undefined ? { queues } : { queues, timeoutNs: left };
      if (reason === "interrupted") throw new KernelError("EINTR");
    }
  }

  stat(path: string, options: { readonly followLinks?: boolean } = {}): Stat {
    this.enter();
    const { inode, mount } = this.resolve(path, options.followLinks ?? true);
    const device = this.process.namespaces.mount.deviceNumber(mount.fileSystem);
    return { ...inode.stat(), device };
  }

  statfs(path: string): FileSystemUsage {
    this.enter();
    const { usage } = this.resolve(path).mount.fileSystem;
    return {
      totalBytes: usage?.maxBytes ?? 0,
      usedBytes: usage?.bytes ?? 0,
      totalInodes: usage?.maxInodes ?? 0,
      usedInodes: usage?.inodes ?? 0,
    };
  }

  fstat(fd: number): Stat {
    this.enter();
    return this.file(fd).stat();
  }

  access(
    path: string,
    mode: { readonly read?: boolean; readonly write?: boolean; readonly execute?: boolean },
  ): boolean {
    this.enter();
    const wanted = (mode.read ? 4 : 0) | (mode.write ? 2 : 0) | (mode.execute ? 1 : 0);
    try {
      const { inode, mount } = this.resolve(path);
      if (mode.write && mount.readOnly) return false;
      return isPermitted(inode, this.process, wanted);
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  }

  readdir(path: string): readonly string[] {
    this.enter();
    const { inode } = this.resolve(path);
    if (inode.kind !== "directory") throw new KernelError("ENOTDIR");
    requirePermission(inode, this.process, 4);
    return inode.list(this.process);
  }

  readlink(path: string): string {
    this.enter();
    const { inode } = this.resolve(path, false);
    if (inode.kind !== "symlink") throw new KernelError("EINVAL");
    return inode.readlink(this.process);
  }

  realpath(path: string): string {
    this.enter();
    return pathOf(this.resolve(path));
  }

  mkdir(path: string, mode = 0o777): void {
    this.enter();
    this.createAt(this.place(path), "directory", mode & ~this.process.umask);
  }

  rmdir(path: string): void {
    this.enter();
    if (/(^|\/)\.\/*$/.test(path)) throw new KernelError("EINVAL");
    if (/(^|\/)\.\.\/*$/.test(path)) throw new KernelError("ENOTEMPTY");
    const place = this.place(path);
    const existing = this.requireRemovable(place);
    if (existing.inode.kind !== "directory") throw new KernelError("ENOTDIR");
    place.directory.inode.remove(place.name);
  }

  unlink(path: string): void {
    this.enter();
    const place = this.place(path);
    const existing = this.requireRemovable(place);
    if (existing.inode.kind === "directory") throw new KernelError("EISDIR");
    if (place.mustBeDirectory) throw new KernelError("ENOTDIR");
    place.directory.inode.remove(place.name);
  }

  rename(from: string, to: string): void {
    this.enter();
    const source = this.place(from);
    const moved = this.requireRemovable(source);
    const target = this.place(to);
    this.requireWritable(target.directory);
    if (!isSameFileSystem(source.directory, target.directory)) throw new KernelError("EXDEV");
    if (target.mustBeDirectory && moved.inode.kind !== "directory") {
      throw new KernelError("ENOTDIR");
    }
    for (let at: Dentry | undefined = target.directory; at; at = at.parent) {
      if (isSameInode(at.inode, moved.inode)) throw new KernelError("EINVAL");
    }
    if (target.existing) {
      if (isSameInode(target.existing.inode, moved.inode)) return;
      this.requireRemovable(target);
      requireReplaceable(moved.inode, target.existing.inode, this.process);
    }
    source.directory.inode.rename(source.name, target.directory.inode, target.name);
  }

  symlink(target: string, path: string): void {
    this.enter();
    if (target === "") throw new KernelError("ENOENT");
    this.createAt(this.place(path), "symlink", 0o777, target);
  }

  link(existing: string, path: string): void {
    this.enter();
    const source = this.resolve(existing, false);
    const place = this.place(path);
    if (place.existing) throw new KernelError("EEXIST");
    this.requireWritable(place.directory);
    if (source.inode.kind === "directory") throw new KernelError("EPERM");
    if (source.mount !== place.directory.mount) throw new KernelError("EXDEV");
    place.directory.inode.link(place.name, source.inode);
  }

  chmod(path: string, mode: number): void {
    this.enter();
    const { inode, mount } = this.resolve(path);
    if (mount.readOnly) throw new KernelError("EROFS");
    this.requireOwner(inode);
    inode.setAttributes({ mode: mode & 0o7777 });
  }

  chown(path: string, uid: number, gid: number): void {
    this.enter();
    const { inode, mount } = this.resolve(path);
    if (mount.readOnly) throw new KernelError("EROFS");
    if (this.process.uid !== 0) throw new KernelError("EPERM");
    inode.setAttributes({
      uid: uid === -1 ? inode.stat().uid : uid,
      gid: gid === -1 ? inode.stat().gid : gid,
    });
  }

  utimes(path: string, modifiedSeconds?: number): void {
    this.enter();
    const { inode, mount } = this.resolve(path);
    if (mount.readOnly) throw new KernelError("EROFS");
    this.requireOwner(inode);
    inode.setAttributes({ modifiedSeconds: modifiedSeconds ?? this.kernel.realtimeSeconds });
  }

  readFile(path: string): Uint8Array {
    this.enter();
    const file = this.openFile(path, { read: true }, 0);
    try {
      const chunks: Uint8Array[] = [];
      for (;;) {
        const chunk = file.read(DEFAULT_READ);
        if (!chunk) throw new KernelError("EAGAIN");
        if (chunk.length === 0) return joinBytes(chunks);
        chunks.push(chunk);
        if (chunks.length > MAX_WHOLE_FILE / DEFAULT_READ) throw new KernelError("EFBIG");
      }
    } finally {
      file.release();
    }
  }

  readTextFile(path: string): string {
    return decodeUtf8(this.readFile(path));
  }

  writeFile(
    path: string,
    data: Uint8Array | string,
    options: { readonly append?: boolean; readonly mode?: number } = {},
  ): void {
    this.enter();
    const append = options.append ?? false;
    const flags = { write: true, create: true, truncate: !append, append };
    const file = this.openFile(path, flags, options.mode ?? 0o666);
    try {
      let rest = typeof data === "string" ? encodeUtf8(data) : data;
      while (rest.length > 0) {
        const taken = file.write(rest);
        if (taken === undefined) throw new KernelError("EAGAIN");
        rest = rest.subarray(taken);
      }
    } finally {
      file.release();
    }
  }

  *print(text: string): Blocking<void> {
    if (text !== "") yield* this.write(1, encodeUtf8(text));
  }

  *printError(text: string): Blocking<void> {
    if (text !== "") yield* this.write(2, encodeUtf8(text));
  }

  /** A background process that reads its terminal is stopped until it is in the foreground. */
  protected abstract waitForForeground(file: OpenFile): Blocking<void>;

  /** EPIPE comes with SIGPIPE, which ends the process unless it said otherwise. */
  protected *signalBrokenPipe(error: unknown): Blocking<void> {
    if (!(error instanceof KernelError) || error.errno !== "EPIPE") return;
    this.kernel.signals.send(this.process, "SIGPIPE");
    if (this.process.pending.size > 0) yield YIELD;
  }

  protected resolve(path: string, followLast = true): Dentry {
    return this.process.namespaces.mount.resolve(path, this.process, { followLast });
  }

  private place(path: string): Place {
    return this.process.namespaces.mount.resolvePlace(path, this.process);
  }

  private openFile(path: string, flags: OpenFlags, mode: number): OpenFile {
    const { process } = this;
    const asked: OpenFlags = flags.write ? flags : { ...flags, read: true };
    const place = process.namespaces.mount.resolvePlace(path, process, {
      followLast: !(flags.create && flags.exclusive),
    });
    let dentry = place.existing;
    if (!dentry) {
      if (!flags.create) throw new KernelError("ENOENT");
      if (place.mustBeDirectory) throw new KernelError("EISDIR");
      dentry = this.createAt(place, "file", mode & ~process.umask);
      return dentry.inode.open(asked, process, dentry);
    }
    const { inode } = dentry;
    if (flags.create && flags.exclusive) throw new KernelError("EEXIST");
    if (inode.kind === "symlink") throw new KernelError("ELOOP");
    if (inode.kind === "directory" && (flags.write || flags.create)) {
      throw new KernelError("EISDIR");
    }
    if (place.mustBeDirectory && inode.kind !== "directory") throw new KernelError("ENOTDIR");
    requirePermission(inode, process, (asked.read ? 4 : 0) | (asked.write ? 2 : 0));
    if (flags.write && inode.kind === "file" && dentry.mount.readOnly) {
      throw new KernelError("EROFS");
    }
    if (inode.device) return this.kernel.devices.open(inode.device, asked, process, dentry);
    if (flags.truncate && flags.write && inode.kind === "file") inode.truncate(0);
    return inode.open(asked, process, dentry);
  }

  private createAt(
    place: Place,
    kind: "file" | "directory" | "symlink" | "fifo",
    mode: number,
    target?: string,
  ): Dentry {
    if (place.existing) throw new KernelError("EEXIST");
    if (place.mustBeDirectory && kind !== "directory") throw new KernelError("ENOENT");
    const { directory, name } = place;
    this.requireWritable(directory);
    const setGroupId = directory.inode.stat().mode & 0o2000;
    const inode = directory.inode.create(name, {
      kind,
      mode: kind === "directory" ? mode | setGroupId : mode,
      uid: this.process.uid,
      gid: setGroupId ? directory.inode.stat().gid : this.process.gid,
      ...(target === undefined ? {} : { target }),
    });
    return { name, parent: directory, inode, mount: directory.mount };
  }

  private requireWritable(directory: Dentry): void {
    requirePermission(directory.inode, this.process, 2);
    if (directory.mount.readOnly) throw new KernelError("EROFS");
  }

  /** ENOENT, EACCES, EROFS, EPERM (a sticky directory), EBUSY (something is mounted there). */
  private requireRemovable(place: Place): Dentry {
    const { existing, directory } = place;
    if (!existing) throw new KernelError("ENOENT");
    if (!existing.parent) throw new KernelError("EBUSY");
    this.requireWritable(directory);
    if (this.process.namespaces.mount.isMountPoint(existing)) throw new KernelError("EBUSY");
    const above = directory.inode.stat();
    const { uid } = this.process;
    const sticky = (above.mode & 0o1000) !== 0;
    if (sticky && uid !== 0 && uid !== above.uid && uid !== existing.inode.stat().uid) {
      throw new KernelError("EPERM");
    }
    return existing;
  }

  private requireOwner(inode: Inode): void {
    const { uid } = this.process;
    if (uid !== 0 && uid !== inode.stat().uid) throw new KernelError("EPERM");
  }
}

/** readFile refuses endless files such as /dev/zero. */
const MAX_WHOLE_FILE = 64 << 20;

function isSameFileSystem(a: Dentry, b: Dentry): boolean {
  return a.mount === b.mount && a.inode.fileSystem === b.inode.fileSystem;
}

function requireReplaceable(moved: Inode, replaced: Inode, process: Process): void {
  if (replaced.kind === "directory") {
    if (moved.kind !== "directory") throw new KernelError("EISDIR");
    if (replaced.list(process).length > 0) throw new KernelError("ENOTEMPTY");
  } else if (moved.kind === "directory") {
    throw new KernelError("ENOTDIR");
  }
}

function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const out = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
