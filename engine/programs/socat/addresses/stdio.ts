import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Continuation, Direction, Opening } from "../channel.ts";
import { checkOptions, isSet, type AddressSpec } from "../spec.ts";
import { readDescriptor, writeDescriptor } from "./descriptors.ts";

const NOTICES: Readonly<Record<Direction, string>> = {
  read: "using stdin for reading",
  write: "using stdout for writing",
  both: "reading from and writing to stdio",
};

/** `-`, STDIO, STDIN, STDOUT */
export function* openStdio(
  { sys, log, direction }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkOptions(spec, ["crnl"]);
  yield* log.line("N", NOTICES[direction]);
  const channel = {
    ...(direction === "write" ? {} : { input: 0 }),
    ...(direction === "read" ? {} : { output: 1 }),
    crnl: isSet(spec, "crnl"),
    read: (self: typeof sys, _: typeof log, max: number) => readDescriptor(self, 0, max),
    write: (self: typeof sys, _: typeof log, data: Uint8Array) => writeDescriptor(self, 1, data),
    shutdown: () => {},
  };
  return yield* then(sys, log, channel);
}
