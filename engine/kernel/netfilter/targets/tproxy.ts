/** Gives the packet to a transparent proxy of this machine. Linux net/netfilter/xt_TPROXY.c. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import { onlyFrom } from "../xtables/check.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { hex, missingOption, requireMasked } from "../xtables/options.ts";
import type { MaskedValue } from "../xtables/options.ts";
import { resolvePort } from "../xtables/resolved-port.ts";

interface TproxyConfig {
  readonly port: number;
  readonly address: Ipv4;
  readonly mark: MaskedValue;
}

export const TPROXY = defineTarget<TproxyConfig>({
  name: "TPROXY",
  docs: {
    summary: "gives the packet to a transparent proxy; no program here can be one: it is dropped",
    examples: ["-t mangle -p tcp -j TPROXY --on-port 3128 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1"],
  },
  options: { "on-port": "argument", "on-ip": "argument", "tproxy-mark": "argument" },
  parse(options, { names }) {
    const find = (name: string) => options.find((option) => option.name === name);
    const portOption = find("on-port");
    if (!portOption) throw missingOption("TPROXY", "on-port");
    const port = resolvePort(names, portOption.value);
    const addressOption = find("on-ip");
    const address = addressOption ? parseIpv4(addressOption.value) : (0 as Ipv4);
    if (address === undefined) throw new UsageError(`getaddrinfo: Name or service not known\n`);
    const markOption = find("tproxy-mark");
    const mark = markOption ? requireMasked("TPROXY", markOption) : { value: 0, mask: 0 };
    return { port, address, mark };
  },
  save: ({ port, address, mark }) =>
    ` --on-port ${port} --on-ip ${formatIpv4(address)} --tproxy-mark ${hex(mark.value)}/${hex(mark.mask)}`,
  list: ({ port, address, mark }) =>
    ` TPROXY redirect ${formatIpv4(address)}:${port} mark ${hex(mark.value)}/${hex(mark.mask)}`,
  check: (_, context) =>
    context.table === "mangle" &&
    onlyFrom(context, ["PREROUTING"]) &&
    !context.protocolNegated &&
    (context.protocol === IPPROTO_TCP || context.protocol === IPPROTO_UDP),
  evaluate: () => "drop",
});
