/** Takes options out of TCP headers. Linux net/netfilter/xt_TCPOPTSTRIP.c. */
import { IPPROTO_TCP, type TcpOptions } from "../../../net/packet.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { parseUnsigned } from "../xtables/options.ts";

const NAMES: Readonly<Record<string, number>> = {
  wscale: 3,
  mss: 2,
  "sack-permitted": 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
};

function parseOption(text: string): number {
  const number = NAMES[text] ?? parseUnsigned(text, 254);
  if (number === undefined || number < 2) {
    throw new UsageError(`TCPOPTSTRIP: Option "${text}" out of range`);
  }
  return number;
}

const nameOf = (number: number): string =>
  Object.entries(NAMES).find(([, own]) => own === number)?.[0] ?? String(number);

function without(options: TcpOptions, stripped: readonly number[]): TcpOptions {
  const { mss, windowScale, sackPermitted, timestamp } = options;
  const keeps = (number: number): boolean => !stripped.includes(number);
  return {
    ...(mss !== undefined && keeps(2) ? { mss } : {}),
    ...(windowScale !== undefined && keeps(3) ? { windowScale } : {}),
    ...(sackPermitted !== undefined && keeps(4) ? { sackPermitted } : {}),
    ...(timestamp !== undefined && keeps(8) ? { timestamp } : {}),
  };
}

export const TCPOPTSTRIP = defineTarget<readonly number[]>({
  name: "TCPOPTSTRIP",
  docs: {
    summary: "takes options out of the TCP header",
    examples: ["-t mangle -p tcp -j TCPOPTSTRIP --strip-options 4,8"],
  },
  options: { "strip-options": "argument" },
  parse([option]) {
    if (!option) {
      throw new UsageError('TCPOPTSTRIP: option "--strip-options" must be specified\n');
    }
    return [...new Set(option.value.split(",").map(parseOption))].sort((a, b) => a - b);
  },
  save: (stripped) => ` --strip-options ${stripped.join(",")}`,
  list: (stripped, names) =>
    ` TCPOPTSTRIP options ${stripped.map(names ? nameOf : String).join(",")}`,
  check: (_, { table, protocol, protocolNegated }) =>
    table === "mangle" && protocol === IPPROTO_TCP && !protocolNegated,
  evaluate(stripped, { packet }) {
    const { transport } = packet;
    if (transport?.kind !== "tcp") return "continue";
    packet.transport = { ...transport, options: without(transport.options, stripped) };
    return "continue";
  },
});
