/** Dropping with an answer. Linux net/ipv4/netfilter/nf_reject_ipv4.c. */
import { IPV4_ANY, isMulticast } from "../../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  IPPROTO_TCP,
  Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from "../../../net/packet.ts";
import { KernelError } from "../../errno.ts";
import { onlyFrom } from "../xtables/check.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";

interface RejectType {
  readonly name: string;
  readonly alias: string;
  /** Undefined: a TCP reset. */
  readonly code: number | undefined;
}

const TYPES: readonly RejectType[] = [
  { name: "icmp-net-unreachable", alias: "net-unreach", code: 0 },
  { name: "icmp-host-unreachable", alias: "host-unreach", code: 1 },
  { name: "icmp-proto-unreachable", alias: "proto-unreach", code: 2 },
  { name: "icmp-port-unreachable", alias: "port-unreach", code: 3 },
  { name: "icmp-net-prohibited", alias: "net-prohib", code: 9 },
  { name: "icmp-host-prohibited", alias: "host-prohib", code: 10 },
  { name: "tcp-reset", alias: "tcp-rst", code: undefined },
  { name: "icmp-admin-prohibited", alias: "admin-prohib", code: 13 },
];

const DEFAULT = TYPES[3] as RejectType;

/** nf_send_reset() */
function sendReset({ packet, ip, netns }: HookContext): void {
  const { transport } = packet;
  if (transport?.kind !== "tcp" || transport.flags & TCP_RST || ip.fragmentOffset > 0) return;
  const { flags } = transport;
  const controls = (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
  const isAcknowledged = (flags & TCP_ACK) !== 0;
  const reset = new Packet();
  reset.ip = {
    tos: 0,
    id: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: netns.sysctl.number("ipv4/ip_default_ttl"),
    protocol: IPPROTO_TCP,
    src: ip.dst,
    dst: ip.src,
  };
  reset.transport = {
    kind: "tcp",
    srcPort: transport.dstPort,
    dstPort: transport.srcPort,
    seq: isAcknowledged ? transport.ack : 0,
    ack: isAcknowledged ? 0 : (transport.seq + controls + packet.payload.length) >>> 0,
    flags: isAcknowledged ? TCP_RST : TCP_RST | TCP_ACK,
    window: 0,
    urgentPointer: 0,
    options: {},
  };
  reset.conntrack = netns.netfilter.attach(packet);
  try {
    netns.ip.sendLocal(reset, { keepId: true, mark: packet.mark });
  } catch (error) {
    // No way back, or a rule refused it: nobody is there to be told.
    if (!(error instanceof KernelError)) throw error;
  }
}

function sendUnreachable({ packet, netns }: HookContext, code: number): void {
  netns.ip.sendIcmpError(packet, ICMP_DEST_UNREACHABLE, code);
}

export const REJECT = defineTarget<RejectType>({
  name: "REJECT",
  docs: {
    summary: "drops and tells the sender",
    examples: ["-p tcp -j REJECT --reject-with tcp-reset"],
  },
  options: { "reject-with": "argument" },
  parse(options, { warn }) {
    const text = options.at(-1)?.value.toLowerCase();
    if (text === undefined) return DEFAULT;
    if (["echo-reply", "echoreply"].some((gone) => gone.startsWith(text))) {
      warn("--reject-with echo-reply no longer supported\n");
    }
    const found = TYPES.find(({ name, alias }) => name.startsWith(text) || alias === text);
    if (!found) throw new UsageError(`unknown reject type "${text}"`);
    return found;
  },
  save: ({ name }) => ` --reject-with ${name}`,
  list: ({ name }) => ` reject-with ${name}`,
  check({ code }, context) {
    if (context.table !== "filter" || !onlyFrom(context, ["INPUT", "FORWARD", "OUTPUT"])) {
      return false;
    }
    return code !== undefined || (context.protocol === IPPROTO_TCP && !context.protocolNegated);
  },
  evaluate({ code }, context) {
    const { ip, netns } = context;
    const answers = ip.src !== IPV4_ANY && !isMulticast(ip.dst);
    if (code === undefined) {
      if (answers && netns.fib.addressType(ip.dst) !== "broadcast") sendReset(context);
    } else sendUnreachable(context, code);
    return "drop";
  },
});
