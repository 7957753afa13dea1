/** Ports of UDP. Linux net/netfilter/xt_tcpudp.c. */
import { IPPROTO_UDP } from "../../../net/packet.ts";
import { defineMatch } from "../xtables/extension.ts";
import { formatPortRange, not } from "../xtables/options.ts";
import { resolvePortRange } from "../xtables/resolved-port.ts";
import {
  isOfProtocol,
  listPorts,
  onlyPort,
  passesPort,
  portTest,
  requireProtocol,
  type PortTest,
} from "./ports.ts";

interface UdpTest {
  readonly source: PortTest | undefined;
  readonly destination: PortTest | undefined;
}

export const udp = defineMatch<UdpTest>({
  name: "udp",
  docs: { summary: "UDP ports", examples: ["-p udp -m udp --dport 53"] },
  options: { "source-port": "argument", "destination-port": "argument" },
  aliases: { sport: "source-port", dport: "destination-port" },
  negatable: ["source-port", "destination-port"],
  parse(options, context) {
    requireProtocol(options, context, "udp");
    const { names, flavour } = context;
    let test: UdpTest = { source: undefined, destination: undefined };
    for (const option of options) {
      const range = resolvePortRange("udp", names, option);
      const ports = portTest(range, option.negated, flavour);
      test =
        option.name === "source-port"
          ? { ...test, source: ports }
          : { ...test, destination: ports };
    }
    return test;
  },
  save({ source, destination }) {
    let text = "";
    if (source) text += `${not(source.negated)} --sport ${formatPortRange(source.range)}`;
    if (destination) {
      text += `${not(destination.negated)} --dport ${formatPortRange(destination.range)}`;
    }
    return text;
  },
  list({ source, destination }, names) {
    let text = " udp";
    if (source) text += ` ${listPorts("spt", source, "udp", names)}`;
    if (destination) text += ` ${listPorts("dpt", destination, "udp", names)}`;
    return text;
  },
  onlyDestinationPort: ({ destination }) => onlyPort(destination),
  check: (_, context) => isOfProtocol(context, IPPROTO_UDP),
  evaluate({ source, destination }, { packet }) {
    const { transport } = packet;
    if (transport?.kind !== "udp") return false;
    return passesPort(source, transport.srcPort) && passesPort(destination, transport.dstPort);
  },
});
