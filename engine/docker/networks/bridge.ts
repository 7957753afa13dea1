/** The driver `bridge`: a Linux bridge, a veth pair for each container, rules of the packet filter. */
import type { Ipv4 } from "../../net/address.ts";
import { strerror } from "../../kernel/errno.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Network as NetworkNamespace } from "../../kernel/namespaces.ts";
import type { Random } from "../../sim/random.ts";
import { ApiError } from "../api/errors.ts";
import { hex, shortId } from "../daemon/identifiers.ts";
import type { Release } from "../daemon/release.ts";
import type { FilteredNetwork, Firewall } from "../firewall/firewall.ts";
import { announce } from "./announce.ts";
import { BRIDGE_NAME_OPTION, readBridgeOptions } from "./driver-options.ts";
import type { Joined, Joining, NetworkDriver } from "./driver.ts";
import { configureInterface, deleteLink } from "./interfaces.ts";
import { formatPrefix } from "./ipam.ts";
import { macOfAddress, randomMac } from "./mac.ts";
import type { Network } from "./network.ts";
import type { Sandbox } from "./sandbox.ts";

/** IFNAMSIZ, without the byte at the end. */
const LONGEST_NAME = 15;

export interface BridgeDriverOptions {
  readonly kernel: Kernel;
  readonly host: NetworkNamespace;
  readonly firewall: Firewall;
  readonly random: Random;
  readonly release: Release;
  /** Without docker-proxy a bridge sends back by the port that a packet came from. */
  readonly hairpin: boolean;
  /** The other networks that exist. */
  readonly networks: () => Iterable<Network>;
}

export class BridgeDriver implements NetworkDriver {
  constructor(private readonly options: BridgeDriverOptions) {}

  create(network: Network): void {
    const { host, release, hairpin, firewall } = this.options;
    network.device = network.option(BRIDGE_NAME_OPTION) ?? `br-${shortId(network.id)}`;
    network.bridgeOptions = readBridgeOptions(network.definition.options, release);
    const { gatewayMode } = network.bridgeOptions;
    if (network.blocks.length > 1) {
      throw new ApiError(400, "bridge driver doesn't support multiple subnets");
    }
    if (gatewayMode === "isolated" && !network.definition.internal) {
      throw new ApiError(400, "gateway mode 'isolated' can only be used for an internal network");
    }
    this.refuseSameBridge(network);
    const { device } = network;
    this.makeBridge(network);
    this.giveAddress(network);
    if (hairpin) host.sysctlTree.write(`net/ipv4/conf/${device}/route_localnet`, "1");
    firewall.addNetwork(filtered(network));
    host.rtnetlink.setLink(device, { up: true });
  }

  private makeBridge({ device, bridgeOptions: { mtu } }: Network): void {
    const { host, release, random } = this.options;
    const { rtnetlink } = host;
    if (device.length > LONGEST_NAME) {
      const why = strerror("ERANGE").toLowerCase();
      const doing = release === "28" ? "" : "failed to check bridge interface existence: ";
      throw new ApiError(500, `${doing}${why}`);
    }
    const existing = rtnetlink.link(device);
    if (existing && existing.data.kind !== "bridge") {
      throw new ApiError(500, `existing interface ${device} is not a bridge`);
    }
    if (existing) return;
    rtnetlink.newLink({
      name: device,
      kind: "bridge",
      txQueueLength: 0,
      address: randomMac(random, release),
      ...(mtu === 0 ? {} : { mtu }),
    });
  }

  private giveAddress({ device, gateway, pool, bridgeOptions }: Network): void {
    const { rtnetlink } = this.options.host;
    if (bridgeOptions.inhibitIpv4 || gateway === undefined || !pool) return;
    const link = rtnetlink.link(device);
    const has = rtnetlink
      .addresses()
      .some((own) => own.ifindex === link?.ifindex && own.address === gateway);
    if (has) return;
    const prefixLength = pool.subnet.length;
    rtnetlink.newAddress({ device, address: gateway, prefixLength, broadcast: "computed" });
  }

  private refuseSameBridge(network: Network): void {
    for (const other of this.options.networks()) {
      if (other === network || other.driver !== "bridge" || other.device !== network.device)
        continue;
      // Before 28 the default bridge may be shared.
      if (other.isDefaultBridge && this.options.release === "20.10") continue;
      const { device } = network;
      throw new ApiError(
        403,
        `cannot create network ${network.id} (${device}): conflicts with network ${other.id} (${other.device}): networks have same bridge name`,
      );
    }
  }

  remove(network: Network): void {
    const { host, firewall, networks } = this.options;
    firewall.removeNetwork(filtered(network));
    const isShared = [...networks()].some(
      (other) => other !== network && other.device === network.device,
    );
    if (!isShared && host.rtnetlink.link(network.device)) host.rtnetlink.delLink(network.device);
  }

  join(joining: Joining): Joined {
    const { kernel, host, release, random, firewall, hairpin } = this.options;
    const { network, sandbox, address } = joining;
    const hostDevice = this.freeName();
    const peer = this.freeName();
    const mac =
      joining.mac ??
      (release === "28" || address === undefined
        ? randomMac(random, release)
        : macOfAddress(address));
    // 28 makes the pair's other end where it belongs; before, it was moved there.
    const isMadeInside = release === "28";
    host.rtnetlink.newLink({
      name: hostDevice,
      kind: "veth",
      txQueueLength: 0,
      peer: { name: peer, txQueueLength: 0, ...(isMadeInside ? { netns: sandbox.path } : {}) },
    });
    host.rtnetlink.setLink(hostDevice, { master: network.device });
    if (hairpin) host.rtnetlink.setLink(hostDevice, { port: { hairpin: true } });
    const { mtu } = network.bridgeOptions;
    if (mtu > 0) host.rtnetlink.setLink(hostDevice, { mtu });
    host.rtnetlink.setLink(hostDevice, { up: true });
    if (!isMadeInside) host.rtnetlink.setLink(peer, { netns: sandbox.path });
    configureInterface({ ...joining, mac }, peer, mtu);
    if (address !== undefined) firewall.addEndpoint(filtered(network), address);
    if (release === "28" && address !== undefined) {
      announce(kernel, { namespace: sandbox.namespace, device: joining.device, mac, address });
    }
    return { mac, hostDevice };
  }

  leave(network: Network, sandbox: Sandbox, device: string, address: Ipv4 | undefined): void {
    deleteLink(sandbox.namespace.rtnetlink, device);
    if (address !== undefined) this.options.firewall.removeEndpoint(filtered(network), address);
  }

  private freeName(): string {
    const { host, random } = this.options;
    for (;;) {
      const name = `veth${hex(random.bytes(4)).slice(0, 7)}`;
      if (!host.rtnetlink.link(name)) return name;
    }
  }
}

/** The network as the packet filter sees it. */
export function filtered(network: Network): FilteredNetwork {
  const { device, pool, bridgeOptions, definition } = network;
  const { masquerade, interContainer, gatewayMode, sourceAddress, trustedInterfaces } =
    bridgeOptions;
  return {
    bridge: device,
    subnet: pool ? formatPrefix(pool.subnet) : "",
    internal: definition.internal,
    masquerade,
    interContainer,
    gatewayMode,
    sourceAddress,
    trustedInterfaces,
  };
}
