import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Channel, Continuation, Opening } from "../channel.ts";
import { SocatError } from "../log.ts";
import { checkOptions, type AddressSpec } from "../spec.ts";
import { readDescriptor, writeDescriptor } from "./descriptors.ts";

/** PIPE: an unnamed pipe, an echo server's other half. */
export function* openPipe(
  { sys, log }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkOptions(spec, []);
  if (spec.parameters.length > 0) {
    throw new SocatError("Podwire does not model named pipes as addresses");
  }
  const { read, write } = sys.pipe();
  const channel: Channel = {
    input: read,
    output: write,
    read: (self, _, max) => readDescriptor(self, read, max),
    write: (self, _, data) => writeDescriptor(self, write, data),
    shutdown: (self) => self.close(write),
  };
  return yield* then(sys, log, channel);
}
