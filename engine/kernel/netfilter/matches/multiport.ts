/** At most 15 slots; a range takes two. Linux net/netfilter/xt_multiport.c. */
import { IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { formatPortRange, not, requirePort, type PortRange } from "../xtables/options.ts";

const MAX_SLOTS = 15;
const PROTOCOLS: ReadonlySet<number> = new Set([IPPROTO_TCP, IPPROTO_UDP, 33, 132, 136]);
const WORDS = { sports: "sports", dports: "dports", ports: "ports" } as const;

interface MultiportTest {
  readonly which: keyof typeof WORDS;
  readonly ranges: readonly PortRange[];
  readonly negated: boolean;
  readonly protocol: number;
}

export const multiport = defineMatch<MultiportTest>({
  name: "multiport",
  docs: {
    summary: "any of several ports",
    examples: ["-p tcp -m multiport --dports 80,443,8000:8010"],
  },
  options: { "source-ports": "argument", "destination-ports": "argument", ports: "argument" },
  aliases: { sports: "source-ports", dports: "destination-ports" },
  negatable: ["source-ports", "destination-ports", "ports"],
  exclusive: [["source-ports", "destination-ports", "ports"]],
  parse(options, { names, protocol, protocolNegated }) {
    const option = options.at(-1);
    if (!option) throw new UsageError("multiport expection an option");
    if (protocol === 0) {
      throw new UsageError(
        "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'",
      );
    }
    if (protocolNegated || !PROTOCOLS.has(protocol)) {
      throw new UsageError("multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP");
    }
    const service = protocol === IPPROTO_UDP ? "udp" : "tcp";
    const ranges: PortRange[] = [];
    let slots = 0;
    for (const word of option.value.split(",")) {
      const [low = "", high] = word.split(":");
      const first = requirePort(names, low, service);
      const last = high === undefined ? first : requirePort(names, high, service);
      slots += high === undefined ? 1 : 2;
      if (slots > MAX_SLOTS) throw new UsageError("too many ports specified");
      if (high !== undefined && first >= last) {
        throw new UsageError("invalid portrange specified");
      }
      ranges.push({ first, last });
    }
    const which =
      option.name === "ports" ? "ports" : option.name === "source-ports" ? "sports" : "dports";
    return { which, ranges, negated: option.negated, protocol };
  },
  save: ({ which, ranges, negated }) =>
    `${not(negated)} --${which} ${ranges.map(formatPortRange).join(",")}`,
  list({ which, ranges, negated, protocol }, names) {
    const service = protocol === IPPROTO_UDP ? "udp" : "tcp";
    const text = (port: number): string => names?.service(port, service) ?? String(port);
    const list = ranges.map(({ first, last }) =>
      first === last ? text(first) : `${text(first)}:${text(last)}`,
    );
    return ` multiport ${WORDS[which]} ${negated ? " !" : ""}${list.join(",")}`;
  },
  check: (_, { protocol, protocolNegated }) => !protocolNegated && PROTOCOLS.has(protocol),
  evaluate({ which, ranges, negated }, { packet }) {
    const { transport } = packet;
    if (!transport || transport.kind === "icmp") return false;
    const has = (port: number): boolean =>
      ranges.some(({ first, last }) => port >= first && port <= last);
    const source = which !== "dports" && has(transport.srcPort);
    const destination = which !== "sports" && has(transport.dstPort);
    return (source || destination) !== negated;
  },
});
