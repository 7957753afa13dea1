/** What the Docker engine has made on a machine, and will make again. */
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import type { Machine } from "../../machine/machine.ts";
import { DOCKER_SOCKET } from "../../docker/api/engine-api.ts";
import { Engine } from "../../docker/daemon/engine.ts";

/** Tells the engine's bridges, and the veths that stand on them. */
export function dockerDevices(
  machine: Machine,
): (link: LinkMessage, master: string | undefined) => boolean {
  const engine = machine.kernel.endpoints.get(DOCKER_SOCKET);
  const networks = engine instanceof Engine ? engine.networks.list() : [];
  const bridges = new Set(
    networks.filter(({ driver }) => driver === "bridge").map(({ device }) => device),
  );
  return (link, master) =>
    bridges.has(link.name) ||
    (link.data.kind === "veth" && master !== undefined && bridges.has(master));
}

/** Forwarding that the engine has switched on is off until it does so again. */
export function beforeDocker(machine: Machine): Record<string, number> {
  const engine = machine.kernel.endpoints.get(DOCKER_SOCKET);
  const isOn = engine instanceof Engine && engine.enabledForwarding;
  return isOn ? { "net.ipv4.ip_forward": 0 } : {};
}
