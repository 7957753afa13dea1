/** A copy of the packet goes to another machine. Linux net/netfilter/xt_TEE.c, nf_dup_ipv4.c. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { KernelError } from "../../errno.ts";
import { outputRouted } from "../../ip/output.ts";
import { outputFlow, routeOutput } from "../../ip/route-output.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { missingOption } from "../xtables/options.ts";
import { untracked } from "./ct.ts";

interface TeeConfig {
  readonly gateway: Ipv4;
  readonly output: string | undefined;
}

function duplicate({ packet, ip, netns, hook }: HookContext, config: TeeConfig): void {
  const copy = packet.clone();
  copy.conntrack = untracked(netns);
  copy.duplicated = true;
  // A copy of what did not start here must not run around for ever.
  const ages = hook === "PREROUTING" || hook === "INPUT";
  copy.ip = { ...ip, dontFragment: true, ttl: ages ? ip.ttl - 1 : ip.ttl };
  if (copy.ip.ttl === 0) return;
  const oif = config.output === undefined ? 0 : netns.deviceByName(config.output)?.ifindex;
  if (oif === undefined) return;
  try {
    const flow = outputFlow(netns, { src: 0 as Ipv4, dst: config.gateway, protocol: 0, oif });
    const route = routeOutput(netns, flow, true);
    outputRouted(netns, copy, { ...route, gateway: route.gateway || config.gateway });
  } catch (error) {
    // The copy has no way, or a rule dropped it.
    if (!(error instanceof KernelError)) throw error;
  }
}

export const TEE = defineTarget<TeeConfig>({
  name: "TEE",
  docs: {
    summary: "a copy goes to another machine of the link",
    examples: ["-t mangle -j TEE --gateway 10.0.0.9"],
  },
  options: { gateway: "argument", oif: "argument" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name)?.value;
    const text = find("gateway");
    if (text === undefined) throw missingOption("TEE", "gateway");
    const gateway = parseIpv4(text);
    if (gateway === undefined) {
      throw new UsageError("getaddrinfo: Name or service not known\n");
    }
    return { gateway, output: find("oif") };
  },
  save: ({ gateway, output }) =>
    ` --gateway ${formatIpv4(gateway)}${output === undefined ? "" : ` --oif ${output}`}`,
  list: ({ gateway, output }) =>
    ` TEE gw:${formatIpv4(gateway)}${output === undefined ? "" : ` oif=${output}`}`,
  check: ({ gateway }) => gateway !== 0,
  evaluate(config, context) {
    if (!context.packet.duplicated) duplicate(context, config);
    return "continue";
  },
});
