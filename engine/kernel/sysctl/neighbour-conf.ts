/** net.ipv4.neigh.{default,DEV}. Linux neigh_sysctl_register(). */
import { NeighbourParameters } from "../ip/conf.ts";
import type { NetNamespace } from "../netns.ts";
import type { SysctlDirectory } from "../sysctl.ts";
import { parseInteger } from "./parse.ts";

type Field = Exclude<keyof NeighbourParameters, "copy">;

const FIELDS = Object.keys(new NeighbourParameters()) as Field[];

export function neighbourDirectory(netns: NetNamespace): SysctlDirectory {
  const isInitial = (): boolean => netns.host.initialNetns() === netns;
  return {
    path: "ipv4/neigh",
    // Linux registers the defaults once, in the first namespace.
    directories: () => [
      ...(isInitial() ? ["default"] : []),
      ...netns.devices().map(({ name }) => name),
    ],
    files: () => FIELDS,
    file: (directory, name) => {
      const isDefault = directory === "default" && isInitial();
      const device = netns.deviceByName(directory);
      const parameters = isDefault ? netns.neighbourDefault : device?.ipv4.neighbourParameters;
      if (!parameters || !FIELDS.includes(name as Field)) return undefined;
      return {
        read: () => String(parameters[name as Field]),
        write: (text) => {
          parameters[name as Field] = parseInteger(text, 0);
          if (device && name === "base_reachable_time_ms") {
            netns.neighbours.drawReachableTime(device);
          }
        },
      };
    },
  };
}
