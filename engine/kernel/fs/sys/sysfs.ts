import type { Network } from "../../namespaces.ts";
import { fixedDirectory, ViewFileSystem, type NodeView } from "../virtual-inode.ts";
import { link } from "./attribute.ts";
import { deviceDirectory, deviceList } from "./net-class.ts";

/**
 * The file system at /sys. It shows the devices of the network namespace that it was mounted in,
 * whoever reads it: that is why `ip netns exec` mounts it anew.
 */
export function sysFileSystem(network: Network): ViewFileSystem {
  const directory = (entries: Record<string, NodeView>): NodeView => ({
    kind: "directory",
    mode: 0o755,
    view: fixedDirectory(entries),
  });
  return new ViewFileSystem("sysfs", () =>
    fixedDirectory({
      class: directory({
        net: {
          kind: "directory",
          mode: 0o755,
          view: deviceList(network, (device) => link(`../../devices/virtual/net/${device.name}`)),
        },
      }),
      devices: directory({
        virtual: directory({
          net: {
            kind: "directory",
            mode: 0o755,
            view: deviceList(network, (device) => ({
              kind: "directory",
              mode: 0o755,
              view: deviceDirectory(network, device.name),
            })),
          },
        }),
      }),
      fs: directory({ cgroup: directory({}) }),
      kernel: directory({}),
    }),
  );
}
