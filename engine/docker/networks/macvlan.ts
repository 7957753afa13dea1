/** The driver `macvlan`: containers stand on the machine's own segment, with MACs of their own. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Network as NetworkNamespace } from "../../kernel/namespaces.ts";
import type { Random } from "../../sim/random.ts";
import { ApiError } from "../api/errors.ts";
import { hex, shortId } from "../daemon/identifiers.ts";
import type { Release } from "../daemon/release.ts";
import type { Joined, Joining, NetworkDriver } from "./driver.ts";
import { configureInterface, deleteLink } from "./interfaces.ts";
import { macOfAddress, randomMac } from "./mac.ts";
import type { Network } from "./network.ts";
import type { Sandbox } from "./sandbox.ts";

const MODES = ["bridge", "private", "vepa", "passthru"] as const;
type MacvlanMode = (typeof MODES)[number];

const LAST_VLAN = 4094;

export interface MacvlanParts {
  readonly host: NetworkNamespace;
  readonly random: Random;
  readonly release: Release;
  /** The other networks that exist. */
  readonly networks: () => Iterable<Network>;
}

export class MacvlanDriver implements NetworkDriver {
  /** Sub-interfaces of a VLAN that were not there before. */
  private readonly made = new Set<string>();

  constructor(private readonly parts: MacvlanParts) {}

  create(network: Network): void {
    const { rtnetlink } = this.parts.host;
    const parent = network.option("parent");
    network.device = parent ?? `dm-${shortId(network.id)}`;
    const mode = modeOf(network);
    if (parent === "lo") {
      throw new ApiError(400, "loopback interface is not a valid macvlan parent link");
    }
    this.refuseSameParent(network, mode);
    if (rtnetlink.link(network.device)) return;
    if (parent === undefined) rtnetlink.newLink({ name: network.device, kind: "dummy", up: true });
    else this.makeVlan(parent);
  }

  /** One network a parent before 28; since then only a passthru one is alone. */
  private refuseSameParent(network: Network, mode: MacvlanMode): void {
    const { release, networks } = this.parts;
    for (const other of networks()) {
      if (other.driver !== "macvlan" || other.device !== network.device) continue;
      const { device } = network;
      if (release === "20.10") {
        const name = `dm-${shortId(other.id)}`;
        throw new ApiError(403, `network ${name} is already using parent interface ${device}`);
      }
      const isAlone = modeOf(other) === "passthru";
      if (!isAlone && mode !== "passthru") continue;
      throw new ApiError(
        403,
        `cannot use mode ${isAlone ? modeOf(other) : mode}, macvlan network ${other.id} is already using parent interface ${device}`,
      );
    }
  }

  /** `eth0.10` */
  private makeVlan(name: string): void {
    const { host, release } = this.parts;
    const [, link, digits] = /^([^.]+)\.(\d+)$/.exec(name) ?? [];
    if (link === undefined) {
      throw new ApiError(
        400,
        `invalid subinterface vlan name ${name}, example formatting is eth0.10`,
      );
    }
    const vlanId = Number(digits);
    if (vlanId < 1 || vlanId > LAST_VLAN) {
      throw new ApiError(400, `vlan id must be between 1-4094, received: ${vlanId}`);
    }
    if (!host.rtnetlink.link(link)) {
      const words = release === "28" ? "was" : "does was";
      throw new ApiError(400, `-o parent interface ${words} not found on the host: ${link}`);
    }
    host.rtnetlink.newLink({ name, kind: "vlan", link, vlanId, up: true });
    this.made.add(name);
  }

  /** What it has made goes with the last network on it. */
  remove(network: Network): void {
    const { networks, host } = this.parts;
    const { device } = network;
    const isOwn = network.option("parent") === undefined || this.made.has(device);
    const isShared = [...networks()].some((other) => other !== network && other.device === device);
    if (!isOwn || isShared) return;
    this.made.delete(device);
    deleteLink(host.rtnetlink, device);
  }

  join(joining: Joining): Joined {
    const { random, release, host } = this.parts;
    const { network, sandbox, address } = joining;
    const name = `veth${hex(random.bytes(4)).slice(0, 7)}`;
    const mac =
      joining.mac ??
      (release === "28" || address === undefined
        ? randomMac(random, release)
        : macOfAddress(address));
    this.makeLink(name, network);
    host.rtnetlink.setLink(name, { netns: sandbox.path });
    configureInterface({ ...joining, mac }, name);
    return { mac, hostDevice: undefined };
  }

  private makeLink(name: string, network: Network): void {
    try {
      this.parts.host.rtnetlink.newLink({
        name,
        kind: "macvlan",
        txQueueLength: 0,
        link: network.device,
        macvlanMode: modeOf(network),
      });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const why = strerror(error.errno).toLowerCase();
      throw new ApiError(500, `failed to create the macvlan port: ${why}`);
    }
  }

  leave(_network: Network, sandbox: Sandbox, device: string): void {
    deleteLink(sandbox.namespace.rtnetlink, device);
  }
}

function modeOf(network: Network): MacvlanMode {
  const wanted = network.option("macvlan_mode") || "bridge";
  const mode = MODES.find((known) => known === wanted);
  if (mode) return mode;
  throw new ApiError(
    400,
    `requested macvlan mode '${wanted}' is not valid, 'bridge' mode is the macvlan driver default`,
  );
}
