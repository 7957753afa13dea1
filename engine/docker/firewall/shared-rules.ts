/** Rules that both releases have. */
import { formatIpv4, IPV4_ANY } from "../../net/address.ts";
import type { FilteredNetwork, PublishedPort } from "./firewall.ts";
import type { Iptables } from "./iptables.ts";

const TO_DOCKER = "-m addrtype --dst-type LOCAL -j DOCKER";

/** Jumps to nat's DOCKER chain. Without docker-proxy the loopback addresses are translated too. */
export function startNat(iptables: Iptables, hairpin: boolean): void {
  const toOthers = `! -d ${iptables.loopback} ${TO_DOCKER}`;
  // A daemon with other settings may have left the other one.
  for (const rule of [TO_DOCKER, toOthers]) iptables.remove("nat", "OUTPUT", rule);
  iptables.remove("nat", "PREROUTING", TO_DOCKER);
  iptables.removeChains("nat", ["DOCKER"], []);
  iptables.makeChain("nat", "DOCKER");
  iptables.append("nat", "PREROUTING", TO_DOCKER);
  iptables.append("nat", "OUTPUT", hairpin ? TO_DOCKER : toOthers);
}

type Step = readonly [chain: string, rule: string];

/** A network's rules in nat, each put at the top of its chain. */
export function natRules(network: FilteredNetwork, hairpin: boolean): Step[] {
  if (network.internal || !network.masquerade) return [];
  const { bridge, subnet, sourceAddress, gatewayMode } = network;
  const target =
    sourceAddress === undefined ? "MASQUERADE" : `SNAT --to-source ${formatIpv4(sourceAddress)}`;
  const steps: Step[] =
    gatewayMode === "routed" ? [] : [["POSTROUTING", `-s ${subnet} ! -o ${bridge} -j ${target}`]];
  if (hairpin) {
    steps.push(["POSTROUTING", `-o ${bridge} -m addrtype --src-type LOCAL -j MASQUERADE`]);
  } else {
    steps.push(["DOCKER", `-i ${bridge} -j RETURN`]);
  }
  return steps;
}

export function dnatRule(network: FilteredNetwork, port: PublishedPort, hairpin: boolean): string {
  const to = port.hostIp === IPV4_ANY ? "" : `-d ${formatIpv4(port.hostIp)} `;
  const notFromInside = hairpin ? "" : `! -i ${network.bridge} `;
  const target = `${formatIpv4(port.containerIp)}:${port.containerPort}`;
  const match = `-p ${port.protocol} ${to}--dport ${port.hostPort}`;
  return `${match} ${notFromInside}-j DNAT --to-destination ${target}`;
}

export function openPortRule(network: FilteredNetwork, port: PublishedPort): string {
  const { bridge } = network;
  const to = `-d ${formatIpv4(port.containerIp)}`;
  return `! -i ${bridge} -o ${bridge} -p ${port.protocol} ${to} --dport ${port.containerPort} -j ACCEPT`;
}
