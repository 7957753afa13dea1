/** kube-proxy's rules for thousands of Services, in Podwire and in this machine's own kernel. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseIpv4, type Ipv4 } from "../../engine/net/address.ts";
import { IPPROTO_UDP, Packet } from "../../engine/net/packet.ts";
import type { Hook } from "../../engine/kernel/netfilter/hooks.ts";
import { advance, networkOf, open } from "./engine-rows.ts";
import { kubeProxyRules, type KubeProxyRules } from "./kube-proxy-rules.ts";
import { starLab } from "./labs.ts";
import { secondsOf, thousands, type Row } from "./row.ts";

const SERVICES = 5000;
const FEW_SERVICES = 500;
const KERNEL_TIMEOUT_MS = 60_000;
/** Flows to each Service. */
const ROUNDS = 4;

interface Measured {
  readonly restoreSeconds: number;
  readonly saveSeconds: number;
  /** Packets a second. */
  readonly firstPackets: number;
  readonly establishedPackets: number;
}

export function kubeProxyRows(): readonly Row[] {
  const rules = kubeProxyRules(SERVICES);
  const fewRules = kubeProxyRules(FEW_SERVICES);
  const many = measure(rules);
  const few = measure(fewRules);
  const growth = few.firstPackets / many.firstPackets;
  return [
    {
      what: "iptables-restore of kube-proxy's rules, 5,000 Services × 2",
      result: `${Math.round(many.restoreSeconds * 1000)} ms`,
      aim: "< 300 ms",
    },
    {
      what: "iptables-save of them",
      result: `${Math.round(many.saveSeconds * 1000)} ms`,
      aim: "< 150 ms",
    },
    {
      what: "verdicts a second on first packets through them",
      result: thousands(many.firstPackets),
      aim: "",
    },
    {
      what: "verdicts a second on established flows",
      result: thousands(many.establishedPackets),
      aim: "",
    },
    {
      what: "cost of a first packet, 5,000 Services to 500",
      result: `${growth.toFixed(1)} ×`,
      aim: "< 10 ×",
    },
    kernelRow("legacy", rules, many),
    // iptables-nft-restore needs minutes for 5,000.
    kernelRow("nft", fewRules, few),
  ];
}

function measure({ text, addresses }: KubeProxyRules): Measured {
  const lab = open(starLab(1));
  const { machine } = lab.node("h1");
  const run = (line: string, stdin = ""): number => {
    const process = machine.run(line, { stdin });
    const took = secondsOf(() => {
      while (process.exitStatus === undefined) advance(lab, 0.01);
    });
    if (process.exitStatus !== 0) throw new Error(`${line}: ${process.stderr}`);
    return took;
  };
  const restoreSeconds = run("iptables-restore --noflush", text);
  const saveSeconds = run("iptables-save > /dev/null");
  const network = networkOf(lab, "h1");
  const { hooks } = network;
  const device = network.deviceByName("eth0");
  const send = (hook: Hook | undefined, packet: Packet): void => {
    if (hook?.(packet, undefined, device) === "drop") throw new Error("a packet was dropped");
  };
  const sendAll = (): number =>
    secondsOf(() => {
      for (let round = 0; round < ROUNDS; round++) {
        for (const address of addresses) {
          const packet = datagram(40000 + round, address);
          send(hooks.output, packet);
          send(hooks.postrouting, packet);
        }
      }
    });
  const packets = addresses.length * ROUNDS;
  const first = sendAll();
  return {
    restoreSeconds,
    saveSeconds,
    firstPackets: packets / first,
    establishedPackets: packets / sendAll(),
  };
}

function datagram(srcPort: number, to: string): Packet {
  const packet = new Packet();
  packet.ip = {
    tos: 0,
    id: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: IPPROTO_UDP,
    src: parseIpv4("10.0.0.1") as Ipv4,
    dst: parseIpv4(to) as Ipv4,
  };
  packet.transport = { kind: "udp", srcPort, dstPort: 80 };
  return packet;
}

// ------------------------------------------------------------------ this machine's kernel

/** The same flows from one process, with and without the rules: the difference is theirs. */
const PYTHON = `
import resource, socket, sys, time
addresses = open(sys.argv[1]).read().split()
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(${ROUNDS})]
def send():
    before = time.process_time()
    for one in sockets:
        for address in addresses:
            one.sendto(b"x", (address, 80))
    return time.process_time() - before
print(send(), send())
`;

function kernelRow(flavour: "legacy" | "nft", rules: KubeProxyRules, ours: Measured): Row {
  const services = thousands(rules.addresses.length);
  const what = `first packets, ${services} Services: Podwire to this kernel, iptables-${flavour}`;
  const kernel = kernelFirstPackets(flavour, rules);
  if (typeof kernel === "string") return { what, result: "skipped", aim: kernel };
  const ratio = ours.firstPackets / kernel;
  return { what, result: `${ratio.toFixed(1)} × (${thousands(kernel)})`, aim: "≥ 1 ×" };
}

/** Packets a second, or why there is no answer. */
function kernelFirstPackets(flavour: string, { text, addresses }: KubeProxyRules): number | string {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root";
  const folder = mkdtempSync(join(tmpdir(), "podwire-bench-"));
  try {
    writeFileSync(join(folder, "rules"), text);
    writeFileSync(join(folder, "addresses"), addresses.join("\n"));
    writeFileSync(join(folder, "send.py"), PYTHON);
    const script = `set -e; cd ${folder}
      ip link set lo up; ip link add d0 type veth peer name d1; ip link set d1 up; ip addr add 10.0.0.1/24 dev d0
      ip link set d0 arp off up; ip route add default dev d0
      python3 send.py addresses
      iptables-${flavour}-restore --noflush rules
      python3 send.py addresses`;
    const { stdout, status } = spawnSync("unshare", ["-n", "bash", "-c", script], {
      encoding: "utf8",
      timeout: KERNEL_TIMEOUT_MS,
    });
    const [before, after] = stdout.trim().split("\n");
    if (status !== 0 || before === undefined || after === undefined) {
      return "needs unshare, ip, python3 and iptables";
    }
    const cost = Number(after.split(" ")[0]) - Number(before.split(" ")[0]);
    return (addresses.length * ROUNDS) / cost;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
