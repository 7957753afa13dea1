/** Which packets are followed, in tcpdump's words. */
import type { Machine } from "../machine/machine.ts";
import type { Packet } from "../net/packet.ts";
import { FilterError } from "../programs/tcpdump/filter/ast.ts";
import { compileNumericFilter } from "../programs/tcpdump/filter/compile.ts";
import { matches } from "../programs/tcpdump/filter/match.ts";
import type { Outcome } from "../session.ts";
import type { Sys } from "../kernel/process/sys.ts";

/** Without an expression: all of IPv4. `machine` knows the names of ports. */
export function packetFilter(
  expression: string | undefined,
  machine: Machine,
): Outcome<(packet: Packet) => boolean> {
  if (expression === undefined) return { ok: true, value: ({ ip }) => ip !== undefined };
  try {
    const filter = compileNumericFilter(machine.kernel.processes.get(1).sys as Sys, expression);
    if (!filter) return { ok: true, value: () => true };
    const frame = { ifindex: 0, direction: "host", atNs: 0 } as const;
    return { ok: true, value: (packet) => matches(filter, { ...frame, packet }) };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return { ok: false, problems: [{ message: error.message }] };
  }
}
