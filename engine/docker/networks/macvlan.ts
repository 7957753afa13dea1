/** The driver `macvlan`: containers stand on the machine's own segment, with MACs of their own. */
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

export class MacvlanDriver implements NetworkDriver {
  constructor(
    private readonly host: NetworkNamespace,
    private readonly random: Random,
    private readonly release: Release,
  ) {}

  create(network: Network): void {
    const { rtnetlink } = this.host;
    const parent = network.option("parent");
    network.device = parent ?? `dm-${shortId(network.id)}`;
    this.mode(network);
    if (rtnetlink.link(network.device)) return;
    const vlan = /^(.+)\.(\d{1,4})$/.exec(network.device);
    if (parent === undefined) rtnetlink.newLink({ name: network.device, kind: "dummy", up: true });
    else if (vlan && rtnetlink.link(vlan[1] as string)) {
      const [, link = "", id = ""] = vlan;
      rtnetlink.newLink({ name: parent, kind: "vlan", link, vlanId: Number(id), up: true });
    } else
      throw new ApiError(
        500,
        `invalid subinterface vlan name ${parent}, example formatting is eth0.10`,
      );
  }

  remove(network: Network): void {
    if (network.option("parent") === undefined) deleteLink(this.host.rtnetlink, network.device);
  }

  join(joining: Joining): Joined {
    const { network, sandbox, address } = joining;
    const name = `veth${hex(this.random.bytes(4)).slice(0, 7)}`;
    const mac =
      joining.mac ??
      (this.release === "28" || address === undefined
        ? randomMac(this.random, this.release)
        : macOfAddress(address));
    this.host.rtnetlink.newLink({
      name,
      kind: "macvlan",
      txQueueLength: 0,
      link: network.device,
      macvlanMode: this.mode(network),
    });
    this.host.rtnetlink.setLink(name, { netns: sandbox.path });
    configureInterface({ ...joining, mac }, name);
    return { mac, hostDevice: undefined };
  }

  leave(_network: Network, sandbox: Sandbox, device: string): void {
    deleteLink(sandbox.namespace.rtnetlink, device);
  }

  private mode(network: Network): (typeof MODES)[number] {
    const wanted = network.option("macvlan_mode") ?? "bridge";
    const mode = MODES.find((known) => known === wanted);
    if (!mode)
      throw new ApiError(
        400,
        `requested macvlan mode '${wanted}' is not valid, 'bridge' mode is the macvlan driver default`,
      );
    return mode;
  }
}
