/** The rules of Docker 20.10: libnetwork drivers/bridge/setup_ip_tables.go, iptables/iptables.go. */
import { formatIpv4 } from "../../net/address.ts";
import type { FilteredNetwork, Firewall, PublishedPort } from "./firewall.ts";
import type { Iptables } from "./iptables.ts";
import { dnatRule, natRules, openPortRule, startNat } from "./shared-rules.ts";

const STAGE_1 = "DOCKER-ISOLATION-STAGE-1";
const STAGE_2 = "DOCKER-ISOLATION-STAGE-2";
const USER = "DOCKER-USER";

export class Firewall20 implements Firewall {
  constructor(
    private readonly iptables: Iptables,
    /** `userland-proxy: false` */
    private readonly hairpin: boolean,
  ) {}

  start(): void {
    const { iptables } = this;
    startNat(iptables, this.hairpin);
    const chains = ["DOCKER", STAGE_1, STAGE_2];
    iptables.removeChains("filter", chains, ["FORWARD"]);
    for (const chain of chains) iptables.makeChain("filter", chain);
    iptables.append("filter", STAGE_1, "-j RETURN");
    iptables.append("filter", STAGE_2, "-j RETURN");
    iptables.makeChain("filter", USER);
    iptables.append("filter", USER, "-j RETURN");
    this.arrangeJumps();
  }

  /** The user's chain comes first, then isolation, whatever was put before them since. */
  private arrangeJumps(): void {
    this.iptables.moveToTop("filter", "FORWARD", `-j ${STAGE_1}`);
    this.iptables.moveToTop("filter", "FORWARD", `-j ${USER}`);
  }

  addNetwork(network: FilteredNetwork): void {
    const { iptables } = this;
    for (const [chain, rule] of natRules(network, this.hairpin))
      iptables.insert("nat", chain, rule);
    for (const rule of forwardRules(network)) iptables.insert("filter", "FORWARD", rule);
    const drop = icc(network, "DROP");
    if (!network.interContainer) iptables.append("filter", "FORWARD", drop);
    for (const [chain, rule] of isolationRules(network)) iptables.insert("filter", chain, rule);
    this.arrangeJumps();
  }

  removeNetwork(network: FilteredNetwork): void {
    const { iptables } = this;
    for (const [chain, rule] of natRules(network, this.hairpin))
      iptables.remove("nat", chain, rule);
    for (const rule of [...forwardRules(network), icc(network, "DROP")]) {
      iptables.remove("filter", "FORWARD", rule);
    }
    for (const [chain, rule] of isolationRules(network)) iptables.remove("filter", chain, rule);
  }

  addEndpoint(): void {}

  removeEndpoint(): void {}

  publish(network: FilteredNetwork, port: PublishedPort): void {
    const { iptables } = this;
    iptables.append("nat", "DOCKER", dnatRule(network, port, this.hairpin));
    iptables.append("filter", "DOCKER", openPortRule(network, port));
    iptables.append("nat", "POSTROUTING", selfRule(port));
  }

  unpublish(network: FilteredNetwork, port: PublishedPort): void {
    const { iptables } = this;
    iptables.remove("nat", "DOCKER", dnatRule(network, port, this.hairpin));
    iptables.remove("filter", "DOCKER", openPortRule(network, port));
    iptables.remove("nat", "POSTROUTING", selfRule(port));
  }
}

function icc({ bridge }: FilteredNetwork, target: string): string {
  return `-i ${bridge} -o ${bridge} -j ${target}`;
}

/** The last comes to stand first. */
function forwardRules(network: FilteredNetwork): string[] {
  const { bridge } = network;
  const rules = network.interContainer ? [icc(network, "ACCEPT")] : [];
  if (network.internal) return rules;
  return [
    ...rules,
    `-i ${bridge} ! -o ${bridge} -j ACCEPT`,
    `-o ${bridge} -j DOCKER`,
    `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
  ];
}

function isolationRules({ bridge, subnet, internal }: FilteredNetwork): [string, string][] {
  if (internal) {
    return [
      [STAGE_1, `-i ${bridge} ! -d ${subnet} -j DROP`],
      [STAGE_1, `-o ${bridge} ! -s ${subnet} -j DROP`],
    ];
  }
  return [
    [STAGE_1, `-i ${bridge} ! -o ${bridge} -j ${STAGE_2}`],
    [STAGE_2, `-o ${bridge} -j DROP`],
  ];
}

/** A container that reaches itself by a published port gets an answer from elsewhere. */
function selfRule({ protocol, containerIp, containerPort }: PublishedPort): string {
  const own = formatIpv4(containerIp);
  return `-p ${protocol} -s ${own} -d ${own} --dport ${containerPort} -j MASQUERADE`;
}
