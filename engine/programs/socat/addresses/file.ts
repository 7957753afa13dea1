import { KernelError } from "../../../kernel/errno.ts";
import type { FileKind, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Channel, Continuation, Direction, Opening } from "../channel.ts";
import { checkOptions, checkParameters, isSet, type AddressSpec } from "../spec.ts";
import { failure, readDescriptor, writeDescriptor } from "./descriptors.ts";

const OPTIONS = ["rdonly", "wronly", "rdwr", "creat", "create", "append", "trunc", "excl", "crnl"];
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;

const KINDS: Readonly<Record<FileKind, string>> = {
  file: "regular file",
  directory: "directory",
  symlink: "symbolic link",
  char: "character device",
  fifo: "named pipe",
  socket: "socket",
};

/** OPEN, CREATE (for writing, emptied) and GOPEN (appends to a file that is there). */
export function* openFile(
  { sys, log, direction }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkParameters(spec, 1);
  checkOptions(spec, OPTIONS);
  const path = spec.parameters[0] as string;
  const creates = spec.keyword === "CREATE";
  const generic = spec.keyword === "GOPEN";
  const kind = kindOf(sys, path);
  const access = accessOf(spec, creates ? "write" : direction);
  const create = creates || isSet(spec, "creat") || isSet(spec, "create");
  const append = isSet(spec, "append") || (generic && kind === "regular file" && access !== "read");
  const truncate = creates || isSet(spec, "trunc");

  yield* log.line("N", `${creates ? "creating" : "opening"} ${kind} "${path}" for ${FOR[access]}`);
  const fd = ((): number => {
    try {
      return sys.open(path, {
        read: access !== "write",
        write: access !== "read",
        create: create || (generic && access !== "read"),
        truncate,
        append,
        exclusive: isSet(spec, "excl"),
      });
    } catch (error) {
      const bits =
        { read: 0, write: 1, both: 2 }[access] |
        (create ? O_CREAT : 0) |
        (isSet(spec, "excl") ? O_EXCL : 0) |
        (truncate ? O_TRUNC : 0) |
        (append ? O_APPEND : 0);
      throw failure(error, `open("${path}", 0${bits.toString(8)}, 0666)`);
    }
  })();
  const channel: Channel = {
    ...(access === "write" ? {} : { input: fd }),
    ...(access === "read" ? {} : { output: fd }),
    crnl: isSet(spec, "crnl"),
    read: (self, _, max) => readDescriptor(self, fd, max),
    write: (self, _, data) => writeDescriptor(self, fd, data),
    shutdown: () => {},
  };
  return yield* then(sys, log, channel);
}

const FOR: Readonly<Record<Direction, string>> = {
  read: "reading",
  write: "writing",
  both: "reading and writing",
};

function accessOf(spec: AddressSpec, direction: Direction): Direction {
  if (isSet(spec, "rdonly")) return "read";
  if (isSet(spec, "wronly")) return "write";
  return isSet(spec, "rdwr") ? "both" : direction;
}

function kindOf(sys: Sys, path: string): string {
  try {
    return KINDS[sys.stat(path).kind];
  } catch (error) {
    if (error instanceof KernelError) return "undef";
    throw error;
  }
}
