/** Services that do not run as the disk image would have them. */
import type { Machine } from "../../machine/machine.ts";
import type { NodeFile } from "../file/schema.ts";
import type { Complain } from "./complaint.ts";

type ServiceFiles = Required<NodeFile>["services"];

/** The machine has just been switched on: its services start with the next event. */
export function applyServices(machine: Machine, files: ServiceFiles, complain: Complain): void {
  const known = new Set(machine.image.services.map((unit) => unit.name));
  for (const name of Object.keys(files)) {
    if (!known.has(name))
      complain(["services", name], `${machine.image.name} has no service ${name}`);
  }
  const { kernel } = machine;
  kernel.sim.schedule(0, () => {
    if (!machine.isOn || machine.kernel !== kernel) return;
    for (const [name, { running, enabled }] of Object.entries(files)) {
      if (!known.has(name)) continue;
      if (enabled !== undefined) machine.services?.setEnabled(name, enabled);
      if (running === true) machine.services?.start(name);
      if (running === false) machine.services?.stop(name);
    }
  });
}

export function changedServices(machine: Machine): ServiceFiles {
  const changed: ServiceFiles = {};
  for (const { unit, enabled, state } of machine.services?.list() ?? []) {
    const running = state === "active" || state === "activating";
    const difference = {
      ...(running === enabled ? {} : { running }),
      ...(enabled === unit.enabled ? {} : { enabled }),
    };
    if (Object.keys(difference).length > 0) changed[unit.name] = difference;
  }
  return changed;
}
