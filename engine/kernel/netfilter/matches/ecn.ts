/** Explicit congestion notification, RFC 3168. Linux net/netfilter/xt_ecn.c. */
import { IPPROTO_TCP, TCP_CWR, TCP_ECE } from "../../../net/packet.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { not, requireUnsigned } from "../xtables/options.ts";

interface Flag {
  readonly negated: boolean;
}

interface EcnTest {
  readonly ece: Flag | undefined;
  readonly cwr: Flag | undefined;
  readonly codepoint: (Flag & { readonly value: number }) | undefined;
}

const sign = ({ negated }: Flag): string => (negated ? "!" : "");

export const ecn = defineMatch<EcnTest>({
  name: "ecn",
  docs: { summary: "congestion notification", examples: ["-m ecn --ecn-ip-ect 1"] },
  options: { "ecn-tcp-cwr": "flag", "ecn-tcp-ece": "flag", "ecn-ip-ect": "argument" },
  negatable: ["ecn-tcp-cwr", "ecn-tcp-ece", "ecn-ip-ect"],
  parse(options) {
    if (options.length === 0) throw new UsageError("ECN match: some option required");
    const find = (name: string) => options.find((option) => option.name === name);
    const codepoint = find("ecn-ip-ect");
    return {
      ece: find("ecn-tcp-ece"),
      cwr: find("ecn-tcp-cwr"),
      codepoint: codepoint && {
        value: requireUnsigned("ecn", codepoint, 3),
        negated: codepoint.negated,
      },
    };
  },
  save({ ece, cwr, codepoint }) {
    let text = ece ? `${not(ece.negated)} --ecn-tcp-ece` : "";
    if (cwr) text += `${not(cwr.negated)} --ecn-tcp-cwr`;
    if (codepoint) text += `${not(codepoint.negated)} --ecn-ip-ect ${codepoint.value}`;
    return text;
  },
  list({ ece, cwr, codepoint }) {
    let text = " ECN match";
    if (ece) text += ` ${sign(ece)}ECE`;
    if (cwr) text += ` ${sign(cwr)}CWR`;
    if (codepoint) text += ` ${sign(codepoint)}ECT=${codepoint.value}`;
    return text;
  },
  check: ({ ece, cwr }, { protocol, protocolNegated }) =>
    (!ece && !cwr) || (protocol === IPPROTO_TCP && !protocolNegated),
  evaluate({ ece, cwr, codepoint }, { ip, packet }) {
    if (codepoint && ((ip.tos & 3) === codepoint.value) === codepoint.negated) return false;
    if (!ece && !cwr) return true;
    const { transport } = packet;
    if (transport?.kind !== "tcp") return false;
    const passes = (flag: Flag | undefined, bit: number): boolean =>
      !flag || ((transport.flags & bit) !== 0) !== flag.negated;
    return passes(ece, TCP_ECE) && passes(cwr, TCP_CWR);
  },
});
