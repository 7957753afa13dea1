/** What a tar archive carries to and from the engine: `docker cp`, a build's context. */
export interface ArchiveEntry {
  /** Relative, without a leading or trailing slash. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedSeconds: number;
  /** Of a file. */
  readonly content?: Uint8Array;
  /** Of a symbolic link. */
  readonly target?: string;
}

/** Header X-Docker-Container-Path-Stat. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

export interface FilesystemChange {
  readonly Path: string;
  /** 0: modified, 1: added, 2: deleted. */
  readonly Kind: 0 | 1 | 2;
}
