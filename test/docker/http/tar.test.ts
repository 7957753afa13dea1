import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ArchiveEntry } from "../../../engine/docker/api/archive.ts";
import { readTar, writeTar } from "../../../engine/docker/http/tar.ts";

const meta = { mode: 0o644, uid: 0, gid: 0, modifiedSeconds: 1_700_000_000 };
const file = (path: string, text: string): ArchiveEntry => ({
  ...meta,
  path,
  kind: "file",
  content: new TextEncoder().encode(text),
});
const directory = (path: string): ArchiveEntry => ({ ...meta, path, kind: "directory" });
const symlink = (path: string, target: string): ArchiveEntry => ({
  ...meta,
  path,
  kind: "symlink",
  target,
});
const LONG = `${"deep/".repeat(30)}name`;
const ENTRIES = [
  directory("etc"),
  file("etc/hosts", "127.0.0.1\tlocalhost\n"),
  file("empty", ""),
  file("block", "x".repeat(512)),
  file(LONG, "far down"),
  symlink("link", "etc/hosts"),
  symlink("far", LONG),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podwire-tar-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("what is written is read again", () => {
  expect(readTar(writeTar(ENTRIES))).toEqual(ENTRIES);
});

test("the system's tar lists and extracts what is written", () => {
  const path = join(folder, "ours.tar");
  writeFileSync(path, writeTar(ENTRIES));
  const list = execFileSync("tar", ["-tf", path], { encoding: "utf8" });
  expect(list.trim().split("\n")).toEqual(
    ENTRIES.map(({ path: name, kind }) => (kind === "directory" ? `${name}/` : name)),
  );
  const text = execFileSync("tar", ["-xOf", path, LONG], { encoding: "utf8" });
  expect(text).toBe("far down");
});

test.each(["ustar", "gnu", "pax"])("the system's tar in format %s is read", (format) => {
  const source = join(folder, format);
  mkdirSync(join(source, "sub"), { recursive: true });
  writeFileSync(join(source, "sub", "file"), "content");
  symlinkSync("sub/file", join(source, "link"));
  const deep = join(source, format === "ustar" ? "short" : "d".repeat(120));
  writeFileSync(deep, "long name");
  const bytes = execFileSync("tar", ["-c", `--format=${format}`, "-C", source, "."]);
  const found = new Map(readTar(bytes).map((entry) => [entry.path, entry]));
  expect(new TextDecoder().decode(found.get("sub/file")?.content)).toBe("content");
  expect(found.get("sub")?.kind).toBe("directory");
  expect(found.get("link")?.target).toBe("sub/file");
  expect(found.has(deep.slice(source.length + 1))).toBe(true);
});

test("an archive that ends too early is refused", () => {
  expect(() => readTar(writeTar([file("a", "x".repeat(2000))]).subarray(0, 900))).toThrow(
    "unexpected EOF",
  );
});
