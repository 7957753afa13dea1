/** `bridge mdb`: the kernel model snoops no multicast, so that the database is empty. */
import { type Args, Exit, matches, notModelled } from "../support/args.ts";
import type { Context } from "../support/context.ts";

const USAGE = `Usage: bridge mdb { add | del } dev DEV port PORT grp GROUP [src SOURCE] [permanent | temp] [vid VID]
       bridge mdb {show} [ dev DEV ] [ vid VID ]
`;

export function mdb(context: Context, args: Args): string {
  const command = args.done ? "show" : args.take();
  if (matches(command, "help")) throw new Exit(255, USAGE);
  if (matches(command, "add", "delete", "replace")) {
    throw notModelled("bridge", "the multicast database");
  }
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    const printer = context.printer();
    printer.open();
    printer.openArray("mdb");
    printer.close();
    printer.open("router");
    printer.close();
    printer.close();
    return printer.finish();
  }
  throw new Exit(255, `Command "${command}" is unknown, try "bridge mdb help".\n`);
}
