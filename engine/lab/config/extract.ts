/** Reads what was configured on a running machine, as the part of a lab file that makes it again. */
import type { Network } from "../../kernel/namespaces.ts";
import type { DiskImage } from "../../machine/disk-image.ts";
import type { MachineNetwork } from "../../machine/network.ts";
import type { LabNode } from "../model/lab-node.ts";
import type { InterfaceFile, NamespaceFile, NetworkFile, NodeFile } from "../file/schema.ts";
import { addressTexts } from "./extract-addresses.ts";
import { extractDevices } from "./extract-links.ts";
import { beforeDocker, dockerDevices } from "../docker/devices.ts";
import { extractDocker } from "../docker/extract.ts";
import { extractTables } from "./extract-tables.ts";
import { changedFiles } from "./files.ts";
import { withoutIdentity } from "./identity.ts";
import { controlOf, namedNetworks, ownNetwork } from "./named-networks.ts";
import { pristineSysctls } from "./pristine.ts";
import { changedServices } from "./services.ts";
import { changedSysctls, isForwarding, readSysctls } from "./sysctls.ts";

/** Without the node's place on the canvas. */
export function extractNode(node: LabNode): NodeFile {
  const { machine } = node;
  const named = namedNetworks(machine);
  const docker = extractDocker(machine);
  const isDockers = dockerDevices(machine);
  const network = (
    kernelSide: Network,
    name: string | undefined,
  ): NetworkFile & { interfaces: InterfaceFile[] } => {
    const { interfaces, links } = extractDevices(node, kernelSide, name, isDockers);
    return {
      interfaces,
      links,
      loopback: extractLoopback(kernelSide),
      ...extractTables(kernelSide.rtnetlink),
      sysctls: {
        ...extractSysctls(machine.image, kernelSide),
        ...(name === undefined ? beforeDocker(machine) : {}),
      },
    };
  };
  return {
    name: node.name,
    kind: node.kind,
    image: machine.image.name,
    hostname: controlOf(machine).hostname(),
    ...network(ownNetwork(machine), undefined),
    namespaces: [...named].map(([name, kernelSide]): NamespaceFile => ({
      name,
      ...network(kernelSide, name),
    })),
    services: changedServices(machine),
    files: withoutIdentity(changedFiles(machine.disk), node.name),
    ...(docker ? { docker } : {}),
  };
}

function extractSysctls(image: DiskImage, network: Network): Required<NetworkFile>["sysctls"] {
  if (!(network as MachineNetwork).sysctl.wasWritten) return { "net.ipv4.ip_forward": 0 };
  const now = readSysctls(network);
  return changedSysctls(now, pristineSysctls(image, isForwarding(now)));
}

function extractLoopback(network: Network): Required<NetworkFile>["loopback"] {
  const lo = network.rtnetlink.link("lo");
  if (!lo) return {};
  return {
    up: lo.flags.up,
    mtu: lo.mtu,
    addresses: [...(addressTexts(network.rtnetlink).get(lo.ifindex) ?? [])],
  };
}
