/** Configures a machine's network from its file: what `ip` and `sysctl` would have been told. */
import type { Machine } from "../../machine/machine.ts";
import type { Network } from "../../kernel/namespaces.ts";
import { parseAddressText } from "../text/address-text.ts";
import { parseFdbText } from "../text/fdb-text.ts";
import { parseNeighbourText } from "../text/neighbour-text.ts";
import { parseRouteText } from "../text/route-text.ts";
import { parseRuleText } from "../text/rule-text.ts";
import type { TextResult } from "../text/words.ts";
import type { Path } from "../file/problems.ts";
import type { InterfaceFile, NodeFile } from "../file/schema.ts";
import {
  configureDevice,
  enslaveDevice,
  makeLinks,
  type ConfiguredNetwork,
} from "./apply-links.ts";
import { attempt, type Complain } from "./complaint.ts";
import { namedNetworks, ownNetwork } from "./named-networks.ts";
import { applySysctls } from "./sysctls.ts";

/**
 * The cards are there already, with their hardware addresses, in the namespaces of the file. The
 * file's defaults have been filled in (`expandNode`).
 */
export function applyNetwork(machine: Machine, node: NodeFile, complain: Complain): void {
  const named = namedNetworks(machine);
  const networks: ConfiguredNetwork[] = [
    { name: undefined, file: node, path: [], network: ownNetwork(machine) },
    ...(node.namespaces ?? []).map((file, index): ConfiguredNetwork => ({
      name: file.name,
      file,
      path: ["namespaces", index],
      network: named.get(file.name) as Network,
    })),
  ];
  makeLinks(networks, complain);
  for (const network of networks) applyOne(network, complain);
}

function applyOne(configured: ConfiguredNetwork, complain: Complain): void {
  const { network, file, path } = configured;
  const { rtnetlink } = network;
  const devices: (readonly [InterfaceFile, Path])[] = [
    ...(file.interfaces ?? []).map(
      (card, index) => [card, [...path, "interfaces", index]] as const,
    ),
    ...(file.links ?? []).map((link, index) => [link, [...path, "links", index]] as const),
  ];
  for (const [device, place] of devices) configureDevice(rtnetlink, device, place, complain);
  for (const [device, place] of devices) enslaveDevice(rtnetlink, device, place, complain);
  applyLoopback(configured, complain);
  if (file.sysctls) applySysctls(network, file.sysctls, [...path, "sysctls"], complain);
  for (const [device, place] of devices) {
    if (device.up ?? true)
      attempt(place, complain, () => rtnetlink.setLink(device.name, { up: true }));
  }
  for (const [device, place] of devices) {
    addAddresses(
      configured,
      device.name,
      device.addresses ?? [],
      [...place, "addresses"],
      complain,
    );
  }
  applyTables(configured, complain);
}

function applyLoopback(configured: ConfiguredNetwork, complain: Complain): void {
  const { file, path } = configured;
  const { rtnetlink } = configured.network;
  const { up = configured.name === undefined, mtu, addresses } = file.loopback ?? {};
  const place = [...path, "loopback"];
  attempt(place, complain, () => {
    if (mtu !== undefined) rtnetlink.setLink("lo", { mtu });
    rtnetlink.setLink("lo", { up });
    if (!addresses) return;
    const { ifindex } = rtnetlink.link("lo") as { ifindex: number };
    for (const address of rtnetlink.addresses()) {
      if (address.ifindex === ifindex) rtnetlink.delAddress({ device: "lo", ...address });
    }
  });
  if (addresses) addAddresses(configured, "lo", addresses, [...place, "addresses"], complain);
}

function addAddresses(
  configured: ConfiguredNetwork,
  device: string,
  addresses: readonly string[],
  path: Path,
  complain: Complain,
): void {
  addresses.forEach((text, index) => {
    attempt([...path, index], complain, () => {
      configured.network.rtnetlink.newAddress({ device, ...valueOf(parseAddressText(text)) });
    });
  });
}

function applyTables(configured: ConfiguredNetwork, complain: Complain): void {
  const { file, path } = configured;
  const { rtnetlink } = configured.network;
  file.neighbours?.forEach((text, index) => {
    attempt([...path, "neighbours", index], complain, () =>
      rtnetlink.newNeighbour(valueOf(parseNeighbourText(text)), "replace"),
    );
  });
  file.fdb?.forEach((text, index) => {
    const entry = valueOf(parseFdbText(text));
    attempt([...path, "fdb", index], complain, () =>
      rtnetlink.newFdb(entry, entry.destination === undefined ? "replace" : "append"),
    );
  });
  file.rules?.forEach((text, index) => {
    const rule = valueOf(parseRuleText(text));
    attempt([...path, "rules", index], complain, () => {
      if ("deleted" in rule) rtnetlink.delRule({ priority: rule.priority });
      else rtnetlink.newRule(rule);
    });
  });
  applyRoutes(configured, complain);
}

/** A gateway may be reached by a route that stands further down: what fails is tried again. */
function applyRoutes(configured: ConfiguredNetwork, complain: Complain): void {
  const { file, path } = configured;
  const { rtnetlink } = configured.network;
  let waiting = (file.routes ?? []).map((text, index) => ({
    route: valueOf(parseRouteText(text)),
    path: [...path, "routes", index],
    refusal: "",
  }));
  for (let before = -1; waiting.length > 0 && waiting.length !== before;) {
    before = waiting.length;
    waiting = waiting.filter((entry) => {
      entry.refusal = "";
      attempt(
        entry.path,
        (_, message) => {
          entry.refusal = message;
        },
        () => rtnetlink.newRoute(entry.route, "append"),
      );
      return entry.refusal !== "";
    });
  }
  for (const entry of waiting) complain(entry.path, entry.refusal);
}

/** The schema has seen to it that the text can be read. */
function valueOf<T>(result: TextResult<T>): T {
  if (!result.ok) throw new Error(`unchecked text: ${result.message}`);
  return result.value;
}
