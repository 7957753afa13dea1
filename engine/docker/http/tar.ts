/** tar archives as Docker's clients send and take them: POSIX ustar with pax headers, pax(1). */
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { concatBytes } from "../../programs/support/streams.ts";
import type { ArchiveEntry } from "../api/archive.ts";
import { ApiError } from "../api/errors.ts";

const BLOCK = 512;

/** Fields of a header: offset and length in bytes. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

const KINDS: Readonly<Record<string, ArchiveEntry["kind"]>> = {
  "": "file",
  "0": "file",
  "2": "symlink",
  "5": "directory",
};
const TYPES = { file: "0", symlink: "2", directory: "5" } as const;

/** Files, directories and symbolic links; what else an archive has is left out. Throws ApiError 400. */
export function readTar(bytes: Uint8Array): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  /** What a pax or GNU header says of the entry behind it. */
  let said: { path?: string; target?: string } = {};
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header, FIELD.size);
    const end = at + BLOCK + size;
    if (!Number.isFinite(size) || end > bytes.length) throw new ApiError(400, "unexpected EOF");
    const content = bytes.subarray(at + BLOCK, end);
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = text(header, FIELD.type);
    if (type === "x") said = { ...said, ...paxRecords(content) };
    else if (type === "L") said = { ...said, path: cString(content) };
    else if (type === "K") said = { ...said, target: cString(content) };
    const kind = KINDS[type];
    if (kind === undefined) continue;
    const prefix = text(header, FIELD.prefix);
    const name = said.path ?? (prefix === "" ? "" : `${prefix}/`) + text(header, FIELD.name);
    entries.push({
      path: name.replace(/^(?:\.?\/)+|\/+$/g, ""),
      kind,
      mode: octal(header, FIELD.mode) & 0o7777,
      uid: octal(header, FIELD.uid),
      gid: octal(header, FIELD.gid),
      modifiedSeconds: octal(header, FIELD.mtime),
      ...(kind === "file" ? { content: content.slice() } : {}),
      ...(kind === "symlink" ? { target: said.target ?? text(header, FIELD.link) } : {}),
    });
    said = {};
  }
  return entries;
}

export function writeTar(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const put = (header: Uint8Array, content: Uint8Array): void => {
    parts.push(header, content, new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK));
  };
  for (const entry of entries) {
    const path = entry.kind === "directory" ? `${entry.path}/` : entry.path;
    const long = Object.entries({ path, linkpath: entry.target ?? "" }).filter(
      ([, value]) => encodeUtf8(value).length > 100,
    );
    if (long.length > 0) {
      const records = encodeUtf8(long.map(([name, value]) => paxRecord(name, value)).join(""));
      put(encodeHeader({ ...entry, path: "pax" }, "x", records.length), records);
    }
    const content = entry.content ?? new Uint8Array(0);
    put(encodeHeader({ ...entry, path }, TYPES[entry.kind], content.length), content);
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return concatBytes(parts);
}

function encodeHeader(entry: ArchiveEntry, type: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = ([offset, length]: readonly [number, number], value: string): void => {
    header.set(encodeUtf8(value).subarray(0, length), offset);
  };
  const number = (field: readonly [number, number], value: number): void =>
    put(
      field,
      `${Math.floor(value)
        .toString(8)
        .padStart(field[1] - 1, "0")}\0`,
    );
  put(FIELD.name, entry.path);
  number(FIELD.mode, entry.mode);
  number(FIELD.uid, entry.uid);
  number(FIELD.gid, entry.gid);
  number(FIELD.size, size);
  number(FIELD.mtime, entry.modifiedSeconds);
  put(FIELD.type, type);
  put(FIELD.link, entry.target ?? "");
  put(FIELD.magic, "ustar\x0000");
  // The sum counts its own field as blanks.
  put(FIELD.checksum, " ".repeat(8));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(FIELD.checksum, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

function text(header: Uint8Array, [offset, length]: readonly [number, number]): string {
  return cString(header.subarray(offset, offset + length));
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
}

function octal(header: Uint8Array, field: readonly [number, number]): number {
  return parseInt(text(header, field).trim() || "0", 8);
}

/** `27 path=some/long/name\n`: the number is the record's own length in bytes. */
function paxRecord(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  const length = encodeUtf8(rest).length;
  const total = [1, 2, 3, 4].map((digits) => length + digits);
  return `${total.find((sum) => String(sum).length === sum - length)}${rest}`;
}

function paxRecords(content: Uint8Array): { path?: string; target?: string } {
  const said: { path?: string; target?: string } = {};
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(0x20, at);
    const length = Number(decodeUtf8(content.subarray(at, blank)));
    if (blank < 0 || !(length > 0)) break;
    const record = decodeUtf8(content.subarray(blank + 1, at + length - 1));
    at += length;
    const equals = record.indexOf("=");
    const value = record.slice(equals + 1);
    if (record.startsWith("path=")) said.path = value;
    else if (record.startsWith("linkpath=")) said.target = value;
  }
  return said;
}
