/** Congestion notification is taken out or set. Linux net/ipv4/netfilter/ipt_ECN.c. */
import { IPPROTO_TCP, TCP_CWR, TCP_ECE } from "../../../net/packet.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { requireUnsigned } from "../xtables/options.ts";

interface EcnChange {
  readonly ece: number | undefined;
  readonly cwr: number | undefined;
  readonly codepoint: number | undefined;
}

const withBit = (flags: number, bit: number, value: number | undefined): number => {
  if (value === undefined) return flags;
  return value === 0 ? flags & ~bit : flags | bit;
};

const isRemoval = ({ ece, cwr }: EcnChange): boolean => ece === 0 && cwr === 0;

export const ECN = defineTarget<EcnChange>({
  name: "ECN",
  docs: {
    summary: "takes out or sets congestion notification",
    examples: ["-t mangle -p tcp -j ECN --ecn-tcp-remove"],
  },
  options: {
    "ecn-tcp-remove": "flag",
    "ecn-tcp-cwr": "argument",
    "ecn-tcp-ece": "argument",
    "ecn-ip-ect": "argument",
  },
  exclusive: [
    ["ecn-tcp-cwr", "ecn-tcp-remove"],
    ["ecn-tcp-ece", "ecn-tcp-remove"],
  ],
  parse(options) {
    if (options.length === 0) throw new UsageError("ECN target: An operation is required");
    const value = (name: string, max: number): number | undefined => {
      const option = options.find((one) => one.name === name);
      return option && requireUnsigned("ECN", option, max);
    };
    const codepoint = value("ecn-ip-ect", 3);
    if (options.some(({ name }) => name === "ecn-tcp-remove")) {
      return { ece: 0, cwr: 0, codepoint };
    }
    return { ece: value("ecn-tcp-ece", 1), cwr: value("ecn-tcp-cwr", 1), codepoint };
  },
  save(change) {
    let text = isRemoval(change) ? " --ecn-tcp-remove" : "";
    if (!isRemoval(change)) {
      if (change.ece !== undefined) text += ` --ecn-tcp-ece ${change.ece}`;
      if (change.cwr !== undefined) text += ` --ecn-tcp-cwr ${change.cwr}`;
    }
    return change.codepoint === undefined ? text : `${text} --ecn-ip-ect ${change.codepoint}`;
  },
  list(change) {
    let text = " ECN";
    if (isRemoval(change)) text += " TCP remove";
    else {
      if (change.ece !== undefined) text += ` ECE=${change.ece}`;
      if (change.cwr !== undefined) text += ` CWR=${change.cwr}`;
    }
    return change.codepoint === undefined ? text : `${text} ECT codepoint=${change.codepoint}`;
  },
  check: (_, { table, protocol, protocolNegated }) =>
    table === "mangle" && protocol === IPPROTO_TCP && !protocolNegated,
  evaluate({ ece, cwr, codepoint }, { packet, ip }) {
    if (codepoint !== undefined) packet.ip = { ...ip, tos: (ip.tos & ~3) | codepoint };
    const { transport } = packet;
    if (transport?.kind !== "tcp") return "continue";
    const flags = withBit(withBit(transport.flags, TCP_ECE, ece), TCP_CWR, cwr);
    if (flags !== transport.flags) packet.transport = { ...transport, flags };
    return "continue";
  },
});
