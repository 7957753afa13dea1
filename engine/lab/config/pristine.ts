import type { DiskImage } from "../../machine/disk-image.ts";
import { Simulation } from "../../sim/simulation.ts";
import { defaultMac } from "../file/naming.ts";
import { addNic, bootMachine } from "../model/boot.ts";
import { ownNetwork } from "./named-networks.ts";
import { applySysctls, readSysctls, USUAL_DEVICE, type SysctlValues } from "./sysctls.ts";

const hosts = new WeakMap<DiskImage, SysctlValues>();
const routers = new WeakMap<DiskImage, SysctlValues>();

/** The settings of a machine that has just booted with one card, and forwards packets or not. */
export function pristineSysctls(image: DiskImage, forwards: boolean): SysctlValues {
  const known = forwards ? routers : hosts;
  let values = known.get(image);
  if (!values) {
    const network = ownNetwork(bootMachine(new Simulation(0), "pristine", image));
    addNic(network, USUAL_DEVICE, defaultMac("pristine", 0));
    if (forwards) applySysctls(network, { "net.ipv4.ip_forward": 1 }, [], () => {});
    values = readSysctls(network);
    known.set(image, values);
  }
  return values;
}
