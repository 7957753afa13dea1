/** Following packets through a whole lab. */
import type { Network } from "../kernel/namespaces.ts";
import type { Packet } from "../net/packet.ts";
import type { Place } from "../trace/journey.ts";
import { JourneyRecorder } from "../trace/recorder.ts";
import { controlOf, namedNetworks, ownNetwork } from "./config/named-networks.ts";
import type { Lab } from "./lab.ts";
import type { LabNode } from "./model/lab-node.ts";
import { engineOf } from "./session/containers.ts";

/** Records what happens to packets on every machine that is on, until `stop` is called. */
export function followPackets(
  lab: Lab,
  wants: (packet: Packet) => boolean,
  limit: number,
): { readonly recorder: JourneyRecorder; stop(): void } {
  const recorder = new JourneyRecorder({ nowNs: () => lab.sim.nowNs, wants, limit });
  const nodes = [...lab.nodes].filter((node) => node.isOn);
  for (const node of nodes) {
    const sys = controlOf(node.machine);
    node.machine.kernel.namespaces.followPackets((network) =>
      recorder.tracer({ place: () => placeOf(node, network), sys }),
    );
  }
  return {
    recorder,
    stop() {
      for (const { machine, isOn } of nodes) {
        if (isOn) machine.kernel.namespaces.followPackets(undefined);
      }
    },
  };
}

function placeOf(node: LabNode, network: Network): Place {
  const { machine, name } = node;
  if (network === ownNetwork(machine)) return { machine: name };
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
