/** `podwire trace`: the journeys of the packets that a command sends and gets. */
import { printJourney, type TracedCommand } from "../../engine/headless.ts";
import { Failure, UsageError } from "./failure.ts";
import { openLabWith, OrderReader, type Order } from "./orders.ts";
import type { Output } from "./output.ts";
import { Words } from "./words.ts";

const DEFAULT_PACKETS = 10;
const MAX_PACKETS = 10_000;

export function trace(args: readonly string[], output: Output): number {
  const options = parseOptions(args);
  const traced = options.orders.at(-1);
  if (!traced) throw new UsageError("expected --host H --command C");
  const hosts = options.orders.map((order) => order.host);
  const lab = openLabWith(options.lab, hosts);
  for (const { host, command } of options.orders.slice(0, -1)) {
    const { exit, stderr } = lab.run(host, command);
    if (exit !== 0) throw new Failure(`${host}: ${command}: exit status ${exit}\n${stderr}`);
  }
  const outcome = lab.trace(traced.host, traced.command, options);
  if (!outcome.ok) throw new Failure(`--filter: ${outcome.problems[0]?.message}`);
  if (options.json) output.print(`${JSON.stringify({ ...traced, ...outcome.value }, null, 1)}\n`);
  else printText(outcome.value, output);
  return outcome.value.exit;
}

function printText({ stdout, stderr, journeys, leftOut }: TracedCommand, output: Output): void {
  output.print(stdout);
  output.error(stderr);
  for (const journey of journeys) output.print(`\n${printJourney(journey)}`);
  if (journeys.length === 0) output.print("\nno packet was seen\n");
  if (leftOut > 0) output.print(`\n${leftOut} more packets; --packets N shows them\n`);
}

interface TraceOptions {
  readonly lab: string;
  readonly orders: readonly Order[];
  readonly filter: string | undefined;
  readonly packets: number;
  readonly json: boolean;
}

function parseOptions(args: readonly string[]): TraceOptions {
  const words = new Words(args);
  const reader = new OrderReader();
  let filter: string | undefined;
  let packets = DEFAULT_PACKETS;
  let json = false;
  for (let word = words.next(); word !== undefined; word = words.next()) {
    switch (word) {
      case "--filter":
        filter = words.value(word);
        break;
      case "--packets":
        packets = words.number(word, 1, MAX_PACKETS);
        break;
      case "--json":
        json = true;
        break;
      default:
        reader.take(word, words);
    }
  }
  return { lab: reader.lab, orders: reader.orders, filter, packets, json };
}
