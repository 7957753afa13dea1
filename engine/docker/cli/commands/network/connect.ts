import type { EndpointSettings } from "../../../api/network.ts";
import { defineCommand, exactly, type FlagValues } from "../../command.ts";
import { containerNames, networkNames } from "../../completion.ts";
import { keyValues } from "../../run/environment.ts";

function endpoint(flags: FlagValues): Partial<EndpointSettings> {
  const ip = flags.text("ip");
  const ip6 = flags.text("ip6");
  const priority = flags.integer("gw-priority");
  return {
    IPAMConfig: {
      ...(ip !== undefined && { IPv4Address: ip }),
      ...(ip6 !== undefined && { IPv6Address: ip6 }),
      ...(flags.has("link-local-ip") && { LinkLocalIPs: flags.list("link-local-ip") }),
    },
    Links: flags.has("link") ? flags.list("link") : null,
    Aliases: flags.list("alias"),
    DriverOpts: keyValues(flags.list("driver-opt")),
    ...(priority !== undefined && { GwPriority: priority }),
  };
}

export const connect = defineCommand({
  path: "network connect",
  usage: "[OPTIONS] NETWORK CONTAINER",
  summary: "Connect a container to a network",
  flags: {
    "--alias strings": "Add network-scoped alias for the container",
    "--driver-opt strings": "driver options for the network",
    "--gw-priority int": [
      "Highest gw-priority provides the default gateway. Accepts positive and negative values.",
      undefined,
    ],
    "--ip string": ['IPv4 address (e.g., "172.30.100.104")', "IPv4 address (e.g., 172.30.100.104)"],
    "--ip6 string": ['IPv6 address (e.g., "2001:db8::33")', "IPv6 address (e.g., 2001:db8::33)"],
    "--link list": "Add link to another container",
    "--link-local-ip strings": "Add a link-local address for the container",
  },
  args: exactly(2),
  *run(cli, { args, flags }) {
    const [network = "", container = ""] = args;
    yield* cli.engine.networkConnect(network, container, endpoint(flags));
    return 0;
  },
  complete: (cli, before) => (before.length === 0 ? networkNames(cli) : containerNames(cli)),
});

export const disconnect = defineCommand({
  path: "network disconnect",
  usage: "[OPTIONS] NETWORK CONTAINER",
  summary: "Disconnect a container from a network",
  flags: { "-f, --force": "Force the container to disconnect from a network" },
  args: exactly(2),
  *run(cli, { args, flags }) {
    const [network = "", container = ""] = args;
    yield* cli.engine.networkDisconnect(network, container, flags.on("force"));
    return 0;
  },
  complete: (cli, before) => (before.length === 0 ? networkNames(cli) : containerNames(cli)),
});
