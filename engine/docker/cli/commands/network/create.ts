import { defineCommand, exactly } from "../../command.ts";
import { keyValues } from "../../run/environment.ts";
import { parseIpam } from "./ipam.ts";

export const create = defineCommand({
  path: "network create",
  usage: "[OPTIONS] NETWORK",
  summary: "Create a network",
  flags: {
    "--attachable": "Enable manual container attachment",
    "--aux-address map": "Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])",
    "--config-from string": "The network from which to copy the configuration",
    "--config-only": "Create a configuration only network",
    "-d, --driver string": 'Driver to manage the Network (default "bridge")',
    "--gateway strings": "IPv4 or IPv6 Gateway for the master subnet",
    "--ingress": "Create swarm routing-mesh network",
    "--internal": "Restrict external access to the network",
    "--ip-range strings": "Allocate container ip from a sub-range",
    "--ipam-driver string": 'IP Address Management Driver (default "default")',
    "--ipam-opt map": "Set IPAM driver specific options (default map[])",
    "--ipv4": ["Enable or disable IPv4 address assignment (default true)", undefined],
    "--ipv6": ["Enable or disable IPv6 address assignment", "Enable IPv6 networking"],
    "--label list": "Set metadata on a network",
    "-o, --opt map": "Set driver specific options (default map[])",
    "--scope string": "Control the network's scope",
    "--subnet strings": "Subnet in CIDR format that represents a network segment",
  },
  args: exactly(1),
  *run(cli, { args, flags }) {
    const [name = ""] = args;
    const created = cli.engine.networkCreate({
      Name: name,
      Driver: flags.text("driver") ?? "bridge",
      Scope: flags.text("scope") ?? "",
      Internal: flags.on("internal"),
      Attachable: flags.on("attachable"),
      Ingress: flags.on("ingress"),
      ConfigOnly: flags.on("config-only"),
      ...(flags.has("config-from") && {
        ConfigFrom: { Network: flags.text("config-from") ?? "" },
      }),
      ...(flags.has("ipv4") && { EnableIPv4: flags.on("ipv4") }),
      EnableIPv6: flags.on("ipv6"),
      IPAM: {
        Driver: flags.text("ipam-driver") ?? "default",
        Options: keyValues(flags.list("ipam-opt")),
        Config: parseIpam(flags),
      },
      Options: keyValues(flags.list("opt")),
      Labels: keyValues(flags.list("label")),
      ...(!cli.recent && { CheckDuplicate: true }),
    });
    if (created.Warning !== "") yield* cli.printError(`WARNING: ${created.Warning}\n`);
    yield* cli.print(`${created.Id}\n`);
    return 0;
  },
});
