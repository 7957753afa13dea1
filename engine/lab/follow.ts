/** Following packets through a whole lab. */
import type { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../kernel/namespaces.ts";
import type { Packet } from "../net/packet.ts";
import type { Place } from "../trace/journey.ts";
import { JourneyRecorder } from "../trace/recorder.ts";
import { controlOf, namedNetworks, ownNetwork } from "./config/named-networks.ts";
import type { Lab } from "./lab.ts";
import type { LabNode } from "./model/lab-node.ts";
import { engineOf } from "./session/containers.ts";

/** Records what happens to packets on the lab's machines. */
export class PacketFollower {
  readonly recorder: JourneyRecorder;
  private readonly watched = new Set<Kernel>();

  constructor(
    private readonly lab: Lab,
    wants: (packet: Packet) => boolean,
    limit: number,
  ) {
    this.recorder = new JourneyRecorder({ nowNs: () => lab.sim.nowNs, wants, limit });
    this.watch();
  }

  /** Watches the machines that were switched on since the last call, too. */
  watch(): void {
    for (const node of this.lab.nodes) {
      if (!node.isOn || this.watched.has(node.machine.kernel)) continue;
      this.watched.add(node.machine.kernel);
      const sys = controlOf(node.machine);
      node.machine.kernel.namespaces.followPackets((network) =>
        this.recorder.tracer({ place: () => placeOf(node, network), sys }),
      );
    }
  }

  stop(): void {
    for (const kernel of this.watched) kernel.namespaces.followPackets(undefined);
    this.watched.clear();
  }
}

function placeOf(node: LabNode, network: Network): Place {
  const { machine, name } = node;
  // Packets may still be about when a machine is switched off.
  if (!machine.isOn || network === ownNetwork(machine)) return { machine: name };
  const { kernel } = machine;
  const named = [...namedNetworks(machine)].find(([, other]) => other === network)?.[0];
  const namespace =
    named ?? containerIn(node, network) ?? `net:[${kernel.namespaces.number(network)}]`;
  return { machine: name, namespace };
}

/** The first container that runs in a namespace. */
function containerIn(node: LabNode, network: Network): string | undefined {
  const { processes } = node.machine.kernel;
  return engineOf(node)
    ?.containers.list()
    .find(({ state }) => state.running && processes.find(state.pid)?.namespaces.net === network)
    ?.name;
}
