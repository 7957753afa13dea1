/** Switching machines on, and the cards in them. */
import { Nic } from "../../kernel/device/nic.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { DiskImage } from "../../machine/disk-image.ts";
import { Machine } from "../../machine/machine.ts";
import type { MachineNetwork } from "../../machine/network.ts";
import type { Mac } from "../../net/address.ts";
import type { Simulation } from "../../sim/simulation.ts";

export function makeMachine(sim: Simulation, name: string, image: DiskImage): Machine {
  return new Machine({ sim, name, image });
}

/** A machine that is on. */
export function bootMachine(sim: Simulation, name: string, image: DiskImage): Machine {
  const machine = makeMachine(sim, name, image);
  machine.powerOn();
  return machine;
}

/** Puts a card into a machine. `ifindex` is kept if it is free. EEXIST: the name is taken. */
export function addNic(network: Network, name: string, mac: Mac, ifindex = 0): Nic {
  const nic = new Nic(name, mac);
  nic.ifindex = ifindex;
  (network as MachineNetwork).register(nic);
  return nic;
}

/** Pulls a card out of its machine. */
export function removeNic(nic: Nic): void {
  nic.netns.unregister(nic);
}
