/** Configures a machine's network from its file: what `ip` and `sysctl` would have been told. */
import type { Machine } from "../../machine/machine.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
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
  setUpOrDown(rtnetlink, devices, complain);
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

/**
 * A device may stand on one further down, which must be up before it: what fails is tried again.
 * A VLAN follows the device it stands on, so those that are to be down come last.
 */
function setUpOrDown(
  rtnetlink: Rtnetlink,
  devices: readonly (readonly [InterfaceFile, Path])[],
  complain: Complain,
): void {
  const step = ([device, path]: readonly [InterfaceFile, Path]) => {
    const up = device.up ?? true;
    return { path, apply: () => rtnetlink.setLink(device.name, { up }) };
  };
  applyUntilStuck(devices.filter(([device]) => device.up ?? true).map(step), complain);
  applyUntilStuck(devices.filter(([device]) => device.up === false).map(step), complain);
}

function applyLoopback(configured: ConfiguredNetwork, complain: Complain): void {
  const { file, path } = configured;
  const { rtnetlink } = configured.network;
  const { up = configured.name === undefined, mtu, addresses } = file.loopback ?? {};
  const place = [...path, "loopback"];
  attempt(place, complain, () =>
    rtnetlink.setLink("lo", { up, ...(mtu === undefined ? {} : { mtu }) }),
  );
  if (up && !addresses) return;
  // Being set up, it got an address of its own accord.
  const lo = rtnetlink.link("lo");
  for (const address of rtnetlink.addresses()) {
    if (address.ifindex !== lo?.ifindex) continue;
    attempt(place, complain, () => rtnetlink.delAddress({ device: "lo", ...address }));
  }
  addAddresses(configured, "lo", addresses ?? [], [...place, "addresses"], complain);
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
  const steps = (file.routes ?? []).map((text, index) => {
    const route = valueOf(parseRouteText(text));
    return {
      path: [...path, "routes", index],
      apply: () => rtnetlink.newRoute(route, "append"),
    };
  });
  applyUntilStuck(steps, complain);
}

/** Tries the steps, again and again, until all are done or none of the rest can be. */
function applyUntilStuck(
  steps: readonly { readonly path: Path; readonly apply: () => void }[],
  complain: Complain,
): void {
  const refusals = new Map<Path, string>();
  let waiting = steps;
  for (let before = -1; waiting.length > 0 && waiting.length !== before;) {
    before = waiting.length;
    waiting = waiting.filter(({ path, apply }) => {
      refusals.delete(path);
      attempt(path, (_, message) => refusals.set(path, message), apply);
      return refusals.has(path);
    });
  }
  for (const [path, message] of refusals) complain(path, message);
}

/** The schema has seen to it that the text can be read. */
function valueOf<T>(result: TextResult<T>): T {
  if (!result.ok) throw new Error(`unchecked text: ${result.message}`);
  return result.value;
}
