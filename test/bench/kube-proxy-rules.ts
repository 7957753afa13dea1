/** The rules that kube-proxy 1.32 (iptables mode) makes for many Services; shared/facts. */

/** What `iptables-restore` takes, and where a client finds the Services. */
export interface KubeProxyRules {
  readonly text: string;
  /** Of each Service; all listen on UDP port 80. */
  readonly addresses: readonly string[];
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** 16 characters as kube-proxy's hashes have, different for each number. */
function hashName(number: number): string {
  let mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  let text = "";
  for (let i = 0; i < 12; i++) {
    text += ALPHABET[mixed >>> 27];
    mixed = (Math.imul(mixed, 0x85ebca6b) + number + i) >>> 0;
  }
  return text + number.toString(32).toUpperCase().padStart(4, "A").replace(/[01]/g, "Z");
}

const serviceAddress = (number: number): string => `10.100.${number >> 8}.${number & 255}`;
const podAddress = (number: number): string => `10.244.${number >> 8}.${number & 255}`;

/** Two endpoints each. */
export function kubeProxyRules(services: number): KubeProxyRules {
  const chains: string[] = [];
  const rules: string[] = [];
  const addresses: string[] = [];
  const dispatch: string[] = [];
  for (let number = 0; number < services; number++) {
    const name = `default/app-${number}:http`;
    const service = `KUBE-SVC-${hashName(number)}`;
    const address = serviceAddress(number);
    const pods = [podAddress(2 * number), podAddress(2 * number + 1)];
    const endpoints = [0, 1].map((one) => `KUBE-SEP-${hashName(services + 2 * number + one)}`);
    addresses.push(address);
    chains.push(`:${service} - [0:0]`, ...endpoints.map((one) => `:${one} - [0:0]`));
    dispatch.push(
      `-A KUBE-SERVICES -d ${address}/32 -p udp -m comment --comment "${name} cluster IP" -m udp --dport 80 -j ${service}`,
    );
    rules.push(
      `-A ${service} ! -s 10.244.0.0/16 -d ${address}/32 -p udp -m comment --comment "${name} cluster IP" -m udp --dport 80 -j KUBE-MARK-MASQ`,
      `-A ${service} -m comment --comment "${name} -> ${pods[0]}:8080" -m statistic --mode random --probability 0.50000000000 -j ${endpoints[0]}`,
      `-A ${service} -m comment --comment "${name} -> ${pods[1]}:8080" -j ${endpoints[1]}`,
    );
    for (const one of [0, 1]) {
      rules.push(
        `-A ${endpoints[one]} -s ${pods[one]}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
        `-A ${endpoints[one]} -p udp -m comment --comment "${name}" -m udp -j DNAT --to-destination ${pods[one]}:8080`,
      );
    }
  }
  const text = [
    "*filter",
    ":KUBE-FORWARD - [0:0]",
    ":KUBE-SERVICES - [0:0]",
    '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    "COMMIT",
    "*nat",
    ":KUBE-MARK-MASQ - [0:0]",
    ":KUBE-NODEPORTS - [0:0]",
    ":KUBE-POSTROUTING - [0:0]",
    ":KUBE-SERVICES - [0:0]",
    ...chains,
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
    "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
    "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ...dispatch,
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ...rules,
    "COMMIT",
    "",
  ].join("\n");
  return { text, addresses };
}
