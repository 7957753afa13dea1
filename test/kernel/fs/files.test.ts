import { expect, test } from "vitest";
import { KernelError } from "../../../engine/kernel/errno.ts";
import type { Sys } from "../../../engine/kernel/process/sys.ts";
import { decodeUtf8, encodeUtf8 } from "../../../engine/sim/utf8.ts";
import { imageOf, smallMachine } from "../../support/small-machine.ts";

/** What a call is refused with. */
function errnoOf(call: () => unknown): string {
  try {
    call();
    return "ok";
  } catch (error) {
    if (error instanceof KernelError) return error.errno;
    throw error;
  }
}

/** Runs calls that do not block, and gives their answers. */
function answers(calls: (sys: Sys) => readonly unknown[]): unknown[] {
  const found: unknown[] = [];

  const done = smallMachine().run(function* (sys) {
    found.push(...calls(sys));
    return 0;
  });
  expect(done.err).toBe("");
  return found;
}

test("a file is written, appended to, cut and read back", () => {
  const found = answers((sys) => {
    sys.writeFile("/root/a", "hello\n");
    sys.writeFile("/root/a", "world\n", { append: true });
    const whole = sys.readTextFile("/root/a");
    sys.truncate("/root/a", 3);
    const cut = sys.readTextFile("/root/a");
    sys.truncate("/root/a", 5);
    return [whole, cut, sys.readTextFile("/root/a"), sys.stat("/root/a").sizeBytes];
  });
  expect(found).toEqual(["hello\nworld\n", "hel", "hel\0\0", 5]);
});

test("writing past the end leaves zeros between", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const fd = sys.open("/tmp/s", { write: true, create: true });
    yield* sys.write(fd, encodeUtf8("ab"));
    sys.seek(fd, 4, "set");
    yield* sys.write(fd, encodeUtf8("c"));
    sys.seek(fd, 1, "set");
    yield* sys.write(fd, encodeUtf8("X"));
    yield* sys.print(JSON.stringify(sys.readTextFile("/tmp/s")));
    return 0;
  });
  expect(done.out).toBe('"aX\\u0000\\u0000c"');
});

test("an unlinked file lives on until it is closed", () => {
  const { run, machine } = smallMachine();
  const before = machine.disk.usage.bytes;
  const done = run(function* (sys) {
    const fd = sys.open("/root/gone", { read: true, write: true, create: true });
    yield* sys.write(fd, encodeUtf8("still here"));
    sys.unlink("/root/gone");
    sys.seek(fd, 0, "set");
    yield* sys.print(decodeUtf8(yield* sys.read(fd)));
    yield* sys.print(` ${sys.readlink(`/proc/self/fd/${fd}`)} ${sys.fstat(fd).links}`);
    sys.close(fd);
    return 0;
  });
  expect(done.out).toBe("still here /root/gone (deleted) 0");
  expect(machine.disk.usage.bytes).toBe(before);
});

test("rename replaces files and empty directories, and nothing else", () => {
  const found = answers((sys) => {
    sys.writeFile("/root/a", "a");
    sys.writeFile("/root/b", "b");
    sys.mkdir("/root/d");
    sys.mkdir("/root/e");
    sys.mkdir("/root/full");
    sys.writeFile("/root/full/x", "");
    sys.rename("/root/a", "/root/b");
    return [
      sys.readTextFile("/root/b"),
      errnoOf(() => sys.rename("/root/b", "/root/d")),
      errnoOf(() => sys.rename("/root/d", "/root/b")),
      errnoOf(() => sys.rename("/root/d", "/root/full")),
      errnoOf(() => sys.rename("/root/full", "/root/full/in")),
      errnoOf(() => sys.rename("/root/full", "/root/e")),
      errnoOf(() => sys.rename("/root/b", "/tmp/b")),
      errnoOf(() => sys.rename("/root/none", "/root/b")),
      [...sys.readdir("/root")].sort(),
    ];
  });
  expect(found).toEqual([
    "a",
    "EISDIR",
    "ENOTDIR",
    "ENOTEMPTY",
    "EINVAL",
    "ok",
    "EXDEV",
    "ENOENT",
    ["b", "d", "e"],
  ]);
});

test("symbolic links are followed, loops are refused", () => {
  const found = answers((sys) => {
    sys.mkdir("/root/d");
    sys.writeFile("/root/d/f", "through");
    sys.symlink("d", "/root/l");
    sys.symlink("loop2", "/root/loop1");
    sys.symlink("loop1", "/root/loop2");
    sys.symlink("nowhere", "/root/dangling");
    sys.symlink("/root/d/f", "/tmp/abs");
    sys.writeFile("/root/dangling", "made");
    return [
      sys.readTextFile("/root/l/f"),
      sys.readTextFile("/tmp/abs"),
      sys.realpath("/root/l/../l/f"),
      errnoOf(() => sys.readFile("/root/loop1")),
      sys.stat("/root/loop1", { followLinks: false }).kind,
      sys.readTextFile("/root/nowhere"),
      errnoOf(() => sys.readlink("/root/d")),
      errnoOf(() => sys.unlink("/root/l/")),
      errnoOf(() => sys.unlink("/root/l")),
    ];
  });
  expect(found).toEqual([
    "through",
    "through",
    "/root/d/f",
    "ELOOP",
    "symlink",
    "made",
    "EINVAL",
    "ENOTDIR",
    "ok",
  ]);
});

test("paths are resolved as the kernel does", () => {
  const found = answers((sys) => {
    sys.mkdir("/root/d");
    sys.writeFile("/root/f", "");
    sys.chdir("/root/d");
    sys.writeFile("x", "1");
    return [
      sys.cwd(),
      sys.readTextFile("../d/./x"),
      sys.realpath("/../../root//d/"),
      errnoOf(() => sys.stat("/root/f/")),
      errnoOf(() => sys.stat("/root/f/x")),
      errnoOf(() => sys.stat("")),
      errnoOf(() => sys.stat(`/${"n".repeat(256)}`)),
      errnoOf(() => sys.mkdir("/root/a/b")),
      errnoOf(() => sys.mkdir("/")),
      errnoOf(() => sys.open("/root", { write: true })),
      errnoOf(() => sys.open("/root/new/", { write: true, create: true })),
      errnoOf(() => sys.open("/root/f", { write: true, create: true, exclusive: true })),
      errnoOf(() => sys.rmdir("/root/d")),
      errnoOf(() => sys.rmdir("/root/f")),
      errnoOf(() => sys.unlink("/root/d")),
    ];
  });
  expect(found).toEqual([
    "/root/d",
    "1",
    "/root/d",
    "ENOTDIR",
    "ENOTDIR",
    "ENOENT",
    "ENAMETOOLONG",
    "ENOENT",
    "EEXIST",
    "EISDIR",
    "EISDIR",
    "EEXIST",
    "ENOTEMPTY",
    "ENOTDIR",
    "EISDIR",
  ]);
});

test("hard links share one file", () => {
  const found = answers((sys) => {
    sys.writeFile("/root/a", "1");
    sys.link("/root/a", "/root/b");
    sys.writeFile("/root/b", "2");
    const { links, inode } = sys.stat("/root/a");
    const same = inode === sys.stat("/root/b").inode;
    sys.unlink("/root/a");
    return [links, same, sys.readTextFile("/root/b"), errnoOf(() => sys.link("/root", "/r"))];
  });
  expect(found).toEqual([2, true, "2", "EPERM"]);
});

test("directories count their links and new files obey the umask", () => {
  const found = answers((sys) => {
    sys.umask(0o027);
    sys.mkdir("/root/d");
    sys.mkdir("/root/d/one");
    sys.writeFile("/root/d/f", "");
    return [
      sys.stat("/root/d").links,
      sys.stat("/root/d").mode.toString(8),
      sys.stat("/root/d/f").mode.toString(8),
    ];
  });
  expect(found).toEqual([3, "750", "640"]);
});

test("permissions bind those who are not root", () => {
  const { run, machine } = smallMachine();
  const done = run(function* (sys) {
    sys.writeFile("/tmp/secret", "x", { mode: 0o600 });
    sys.writeFile("/tmp/public", "x", { mode: 0o644 });
    sys.mkdir("/tmp/closed", 0o700);
    sys.writeFile("/tmp/closed/f", "x", { mode: 0o666 });
    yield* sys.yieldCpu();
    machine.kernel.processes.get(sys.pid).uid = 1000;
    const found = [
      errnoOf(() => sys.readFile("/tmp/secret")),
      errnoOf(() => sys.readFile("/tmp/public")),
      errnoOf(() => sys.writeFile("/tmp/public", "y")),
      errnoOf(() => sys.readFile("/tmp/closed/f")),
      // /tmp is sticky: another's file may not be taken away.
      errnoOf(() => sys.unlink("/tmp/public")),
      errnoOf(() => sys.writeFile("/root/x", "")),
      errnoOf(() => sys.chmod("/tmp/public", 0o777)),
      errnoOf(() => sys.writeFile("/tmp/own", "")),
      errnoOf(() => sys.unlink("/tmp/own")),
    ];
    yield* sys.print(found.join(" "));
    return 0;
  });
  expect(done.out).toBe("EACCES ok EACCES EACCES EPERM EACCES EPERM ok ok");
});

test("the devices of /dev do what they are known for", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const zero = sys.open("/dev/zero", { read: true });
    const random = sys.open("/dev/urandom", { read: true });
    const nothing = sys.open("/dev/null", { read: true, write: true });
    const full = sys.open("/dev/full", { write: true });
    yield* sys.write(nothing, new Uint8Array(100_000));
    yield* sys.print(`${(yield* sys.read(zero, 3)).join(",")} `);
    yield* sys.print(`${(yield* sys.read(random, 5)).length} `);
    yield* sys.print(`${(yield* sys.read(nothing)).length} `);
    yield* sys.print(`${errnoOf(() => sys.open("/dev/tty", { read: true }))} `);
    yield* sys.write(full, new Uint8Array(1));
    return 0;
  });
  expect(done.out).toBe("0,0,0 5 0 ENXIO ");
  expect(done.err).toBe("main: No space left on device\n");
});

test("/dev/stdout is whatever standard output is", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const { read, write } = sys.pipe();
    sys.dup(write, { to: 1 });
    sys.close(write);
    sys.writeFile("/dev/stdout", "by name");
    yield* sys.write(2, yield* sys.read(read));
    return 0;
  });
  expect(done.err).toBe("by name");
});

test("a disk has an end", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const fd = sys.open("/root/big", { write: true, create: true });
    const block = new Uint8Array(8 << 20);
    let blocks = 0;
    try {
      for (; blocks < 100; blocks++) yield* sys.write(fd, block);
    } catch (error) {
      yield* sys.print(`${(error as KernelError).errno} ${blocks} `);
    }
    sys.unlink("/root/big");
    sys.close(fd);
    sys.writeFile("/root/small", "fits again");
    yield* sys.print(sys.readTextFile("/root/small"));
    return 0;
  });
  expect(done.out).toBe("ENOSPC 7 fits again");
});

test("what one machine changes, another of the same image does not see", () => {
  const image = imageOf([]);
  const before = JSON.stringify([...image.files.records.keys()]);

  const done = smallMachine().run(function* (sys) {
    sys.writeFile("/etc/hostname", "changed");
    sys.writeFile("/etc/new", "");
    sys.unlink("/bin");
    return 0;
  });
  expect(done.status).toBe(0);
  expect(JSON.stringify([...image.files.records.keys()])).toBe(before);
  const other = answers((sys) => [
    sys.readTextFile("/etc/hostname"),
    sys.access("/etc/new", {}),
    sys.readlink("/bin"),
  ]);
  expect(other).toEqual(["box\n", false, "usr/bin"]);
});

test("a namespace bound to a file cannot be removed while it is mounted", () => {
  const found = answers((sys) => {
    const own = sys.readlink("/proc/self/ns/net");
    sys.unshare(["net"]);
    const fresh = sys.readlink("/proc/self/ns/net");
    sys.bindNet("/run/netns/red");
    const bound = sys.stat("/run/netns/red").inode;
    sys.setns("/proc/1/ns/net", "net");
    const back = sys.readlink("/proc/self/ns/net");
    sys.setns("/var/run/netns/red", "net");
    const again = sys.readlink("/proc/self/ns/net");
    return [
      own !== fresh,
      `net:[${bound}]` === fresh,
      back === own,
      again === fresh,
      errnoOf(() => sys.unlink("/run/netns/red")),
      errnoOf(() => sys.setns("/etc/hostname", "net")),
      errnoOf(() => sys.unbindNet("/run/netns/red")),
      errnoOf(() => sys.unbindNet("/run/netns/red")),
      errnoOf(() => sys.unlink("/run/netns/red")),
    ];
  });
  expect(found).toEqual([true, true, true, true, "EBUSY", "EINVAL", "ok", "EINVAL", "ok"]);
});

test("mounts of one's own are not seen by others", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const child = sys.spawn({
      run: {
        name: "private",
        *main(own) {
          own.unshare(["mnt"]);
          own.mount("tmpfs", "/root");
          own.writeFile("/root/hidden", "");
          yield* own.print(`${own.readdir("/root").join()} `);
          own.unmount("/root");
          yield* own.print(`${own.readdir("/root").length} `);
          own.mount("tmpfs", "/root");
          return 0;
        },
      },
    });
    yield* sys.waitpid(child);
    yield* sys.print(String(sys.readdir("/root").length));
    return 0;
  });
  expect(done.out).toBe("hidden 0 0");
});
