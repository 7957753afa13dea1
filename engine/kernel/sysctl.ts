/**
 * /proc/sys/net of a namespace. Paths are relative to it, with slashes, since a device's name may
 * have dots: `ipv4/conf/eth0.10/forwarding`.
 */
import { KernelError } from "./errno.ts";
import type { NetNamespace } from "./netns.ts";
import { deviceConfDirectory } from "./sysctl/device-conf.ts";
import { findFixed, FIXED_PATHS, type FixedSysctl } from "./sysctl/fixed.ts";
import { ipv6ConfDirectory } from "./sysctl/ipv6-conf.ts";
import { neighbourDirectory } from "./sysctl/neighbour-conf.ts";

/** A file: what it says, and what happens when it is written. */
export interface SysctlFile {
  read(): string;
  /** EINVAL, EPERM. */
  write(text: string): void;
}

/** A directory that has one subdirectory a device. */
export interface SysctlDirectory {
  readonly path: string;
  directories(): string[];
  files(): readonly string[];
  file(directory: string, name: string): SysctlFile | undefined;
}

export class Sysctl {
  /** Something was written since the namespace was made. */
  wasWritten = false;
  /** What was written, by path; the rest has its default. */
  private readonly values = new Map<string, string>();
  private readonly directories: readonly SysctlDirectory[];

  constructor(private readonly netns: NetNamespace) {
    this.directories = [
      deviceConfDirectory(netns),
      neighbourDirectory(netns),
      ipv6ConfDirectory(netns),
    ];
  }

  /** The value of a sysctl that is one number, which the kernel itself reads. */
  number(path: string): number {
    return Number(this.values.get(path) ?? findFixed(path)?.initial ?? 0);
  }

  /** Text without a newline; undefined: there is no such file. */
  read(path: string): string | undefined {
    return this.file(path)?.read();
  }

  /** ENOENT, EINVAL, EACCES. */
  write(path: string, text: string): void {
    const file = this.file(path);
    if (!file) throw new KernelError("ENOENT");
    this.wasWritten = true;
    file.write(text);
  }

  /** Names in a directory, `""` for the top; undefined: there is none. */
  list(directory: string): { readonly name: string; readonly isDirectory: boolean }[] | undefined {
    const prefix = directory === "" ? "" : `${directory}/`;
    const found = new Map<string, boolean>();
    for (const path of this.paths()) {
      if (!path.startsWith(prefix)) continue;
      const rest = path.slice(prefix.length);
      const slash = rest.indexOf("/");
      if (slash < 0) found.set(rest, found.get(rest) ?? false);
      else found.set(rest.slice(0, slash), true);
    }
    if (found.size === 0) return undefined;
    return Array.from(found, ([name, isDirectory]) => ({ name, isDirectory })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }

  /** Every file. */
  *paths(): Generator<string> {
    for (const path of FIXED_PATHS) if (this.fixed(path)) yield path;
    for (const directory of this.directories) {
      for (const sub of directory.directories()) {
        for (const name of directory.files()) yield `${directory.path}/${sub}/${name}`;
      }
    }
  }

  private file(path: string): SysctlFile | undefined {
    const fixed = this.fixed(path);
    if (fixed) return this.fixedFile(path, fixed);
    for (const directory of this.directories) {
      if (!path.startsWith(`${directory.path}/`)) continue;
      const [sub, name, ...more] = path.slice(directory.path.length + 1).split("/");
      if (sub === undefined || name === undefined || more.length > 0) return undefined;
      return directory.file(sub, name);
    }
    return undefined;
  }

  private fixed(path: string): FixedSysctl | undefined {
    const fixed = findFixed(path);
    if (fixed?.initialOnly && this.netns.host.initialNetns() !== this.netns) return undefined;
    return fixed;
  }

  private fixedFile(path: string, fixed: FixedSysctl): SysctlFile {
    return {
      read: () => fixed.get?.(this.netns) ?? this.values.get(path) ?? fixed.initial,
      write: (text) => {
        const value = fixed.parse(
          text,
          fixed.get?.(this.netns) ?? this.values.get(path) ?? fixed.initial,
        );
        this.values.set(path, value);
        fixed.set?.(this.netns, value);
      },
    };
  }
}
