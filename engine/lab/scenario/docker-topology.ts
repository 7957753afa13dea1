/**
 * The machines of a scenario with the field `docker`: a Docker host as a small virtual machine has
 * it, and the `outside` that its card leads to.
 */
import {
  formatMac,
  IPV4_ANY,
  parseIpv4,
  parseIpv4Prefix,
  parseMac,
  type Ipv4,
} from "../../net/address.ts";
import type { DiskImage } from "../../machine/disk-image.ts";
import type { Machine } from "../../machine/machine.ts";
import type { MachineNetwork } from "../../machine/network.ts";
import { Cable } from "../../kernel/device/cable.ts";
import { Nic } from "../../kernel/device/nic.ts";
import { QDISC_ROOT, type OperState } from "../../kernel/rtnetlink/messages.ts";
import { engineState } from "../../docker/daemon/engine-state.ts";
import type { Release } from "../../docker/daemon/release.ts";
import { withDocker } from "../../docker/install.ts";
import { COMMON_REGISTRY } from "../../docker/store/registry.ts";
import { getImage } from "../../images/index.ts";
import { seconds } from "../../sim/clock.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { controlOf, ownNetwork } from "../config/named-networks.ts";
import { DEFAULT_IMAGE, defaultMac } from "../file/naming.ts";
import { bootMachine } from "../model/boot.ts";
import type { Scenario, ScenarioHost } from "./format.ts";
import { serveOutside } from "./outside.ts";

const OUTSIDE = "outside";
const GATEWAY = parseIpv4("10.0.2.2") as Ipv4;
const NAME_SERVER = "10.0.2.3";

/** Images that are there before the first step. */
const IMAGES = ["nginx", "busybox"];

/** What built them, where it says so. */
const BUILT_BY: Readonly<Record<string, string>> = { nginx: "20.10.24+dfsg1" };

/** From the cards being set up, or the engine being started, to the first step. */
const SETTLE_NS = seconds(3);

/** The kernel that the recordings were made on. */
const RELEASE = {
  release: "6.18.44",
  version: "#1 SMP PREEMPT_DYNAMIC",
  machine: "x86_64",
};

const HOSTS = `127.0.0.1\tlocalhost
127.0.1.1\tdockerhost

# The following lines are desirable for IPv6 capable hosts
::1     localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
`;

/** The virtual machine's card, whose driver knows nothing of carriers. */
class CarrierlessNic extends Nic {
  override get operState(): OperState {
    return this.up ? "UNKNOWN" : "DOWN";
  }
}

export interface DockerTopology {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly macs: Readonly<Record<string, string>>;
}

export function buildDockerTopology(sim: Simulation, scenario: Scenario): DockerTopology {
  const { docker } = scenario;
  if (!docker) throw new Error("the scenario has no field docker");
  const plain = getImage(DEFAULT_IMAGE) as DiskImage;
  const host = withDocker(
    { ...plain, kernel: RELEASE },
    {
      engine: releaseOf(docker.engine),
      cli: releaseOf(docker.cli),
      socketActivated: false,
    },
  );
  const machines = new Map<string, Machine>();
  const cards = new Map<string, Nic>();
  const macs: Record<string, string> = {};
  for (const spec of scenario.topology.hosts) {
    const isOutside = spec.name === OUTSIDE;
    const machine = bootMachine(sim, spec.name, isOutside ? plain : host);
    machines.set(spec.name, machine);
    for (const [key, card] of addCards(machine, spec)) {
      cards.set(key, card);
      macs[key] = formatMac(card.address);
    }
  }
  for (const [one, two] of scenario.topology.cables ?? []) {
    const cable = new Cable(sim, sim.random.fork(`${one} ${two}`));
    cable.plug(0, cards.get(one) as Nic);
    cable.plug(1, cards.get(two) as Nic);
  }
  for (const spec of scenario.topology.hosts) {
    const machine = machines.get(spec.name) as Machine;
    configure(machine, spec);
    if (spec.name === OUTSIDE) serveOutside(machine);
    else prepareHost(machine, docker.running);
  }
  sim.advanceTo(sim.nowNs + SETTLE_NS);
  return { machines, macs };
}

function releaseOf(version: string): Release {
  return version.startsWith("20.10") ? "20.10" : "28";
}

function addCards(machine: Machine, spec: ScenarioHost): [string, Nic][] {
  return (spec.interfaces ?? []).map(({ name, mac }, number) => {
    const written = mac === undefined ? undefined : parseMac(mac);
    const card = new CarrierlessNic(name, written ?? defaultMac(spec.name, number));
    card.ifindex = number + 2;
    (ownNetwork(machine) as MachineNetwork).register(card);
    return [`${spec.name}:${name}`, card];
  });
}

function configure(machine: Machine, spec: ScenarioHost): void {
  const sys = controlOf(machine);
  for (const { name, address = [], mtu } of spec.interfaces ?? []) {
    if (mtu !== undefined) sys.rtnetlink.setLink(name, { mtu });
    for (const text of typeof address === "string" ? [address] : address) {
      const prefix = parseIpv4Prefix(text);
      if (!prefix) continue;
      const { address: ip, length } = prefix;
      sys.rtnetlink.newAddress({
        device: name,
        address: ip,
        prefixLength: length,
        broadcast: "computed",
      });
    }
    sys.rtnetlink.setLink(name, { up: true });
    const options = { kind: "pfifo_fast" } as const;
    sys.rtnetlink.newQdisc({ device: name, parent: QDISC_ROOT, options }, "add");
  }
  for (const [path, text] of Object.entries(spec.files ?? {})) sys.writeFile(path, text);
}

function prepareHost(machine: Machine, isRunning: boolean): void {
  const sys = controlOf(machine);
  sys.writeFile("/etc/hosts", HOSTS.replace("dockerhost", machine.name));
  sys.writeFile("/etc/resolv.conf", `nameserver ${NAME_SERVER}\n`);
  sys.rtnetlink.newRoute(
    {
      destination: IPV4_ANY,
      prefixLength: 0,
      protocol: "boot",
      nextHops: [{ gateway: GATEWAY }],
    },
    "add",
  );
  const { images } = engineState(machine.kernel);
  for (const name of IMAGES) {
    const image = COMMON_REGISTRY.find(name, "latest");
    if (image) images.set(image.id, Object.assign(image, { dockerVersion: BUILT_BY[name] ?? "" }));
  }
  if (!isRunning) return;
  const { kernel } = machine;
  kernel.sim.schedule(seconds(1), () => machine.services?.start("docker"));
}
