import type { DiskImage } from "../../machine/disk-image.ts";
import { addNic, bootMachine } from "../model/boot.ts";
import { Simulation } from "../../sim/simulation.ts";
import { defaultMac } from "../file/naming.ts";
import { ownNetwork } from "./named-networks.ts";
import { readSysctls, type SysctlValues } from "./sysctls.ts";

const known = new WeakMap<DiskImage, SysctlValues>();

/** The settings of a machine that has just booted with one card, eth0. */
export function pristineSysctls(image: DiskImage): SysctlValues {
  let values = known.get(image);
  if (!values) {
    const machine = bootMachine(new Simulation(0), "pristine", image);
    addNic(ownNetwork(machine), "eth0", defaultMac("pristine", 0));
    values = readSysctls(ownNetwork(machine).sysctlTree);
    known.set(image, values);
  }
  return values;
}
