/** A machine of the lab, on or off. */
import { formatMac, parseMac, type Mac } from "../../net/address.ts";
import type { DiskImage } from "../../machine/disk-image.ts";
import { namedFiles, type Machine } from "../../machine/machine.ts";
import type { NodeKind, Point } from "../../session.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { applyFiles } from "../config/files.ts";
import { applyNetwork } from "../config/apply-network.ts";
import { applyServices } from "../config/services.ts";
import { applyDocker } from "../docker/apply.ts";
import type { Complain } from "../config/complaint.ts";
import { extractAddresses } from "../config/extract-addresses.ts";
import { replaceAddresses } from "../config/replace-addresses.ts";
import { extractNode } from "../config/extract.ts";
import { addNamedNetwork, controlOf, namedNetworks, ownNetwork } from "../config/named-networks.ts";
import { expandNode, type ExpandedNode } from "../file/expand.ts";
import { cardMacNumber, defaultMac, nextCardName, SWITCH_BRIDGE } from "../file/naming.ts";
import type { InterfaceFile, NodeFile } from "../file/schema.ts";
import { addNic, makeMachine, removeNic } from "./boot.ts";
import { LabCard } from "./lab-card.ts";

const IGNORE: Complain = () => {};

export class LabNode {
  name: string;
  readonly kind: NodeKind;
  at: Point;
  readonly cards: LabCard[] = [];
  readonly machine: Machine;
  /** What it is while it is off. */
  private stored: ExpandedNode;

  /** `cabled`: names of its cards that cables will be put into. */
  constructor(
    sim: Simulation,
    file: NodeFile,
    at: Point,
    image: DiskImage,
    cabled: readonly string[],
    complain: Complain = IGNORE,
  ) {
    this.name = file.name;
    this.kind = file.kind;
    this.at = at;
    this.machine = makeMachine(sim, file.name, image);
    this.stored = expandNode(file, cabled);
    for (const card of this.stored.interfaces)
      this.cards.push(new LabCard(this, card.name, undefined));
    for (const { name, interfaces = [] } of this.stored.namespaces) {
      for (const card of interfaces) this.cards.push(new LabCard(this, card.name, name));
    }
    this.switchOn(complain, this.stored.files ?? {}, true);
    if (file.power === "off") this.switchOff();
  }

  get isOn(): boolean {
    return this.machine.isOn;
  }

  // ---------------------------------------------------------------- power

  powerOn(): void {
    if (!this.isOn) this.switchOn(IGNORE, {}, false);
  }

  powerOff(): void {
    if (!this.isOn) return;
    this.stored = expandNode(this.file(), []);
    this.switchOff();
  }

  /** What is on the disk stays there while the machine is off: it is put there only once. */
  private switchOn(complain: Complain, files: Required<NodeFile>["files"], isFirst: boolean): void {
    const { machine, stored } = this;
    machine.powerOn();
    const sys = controlOf(machine);
    sys.sethostname(stored.hostname);
    applyFiles(machine, files, complain);
    if (isFirst && stored.docker) applyDocker(machine, stored.docker, complain);
    this.insertCards(undefined, stored.interfaces);
    for (const { name, interfaces = [] } of stored.namespaces) {
      addNamedNetwork(machine, name);
      this.insertCards(name, interfaces);
    }
    applyNetwork(machine, stored, complain);
    applyServices(machine, stored.services ?? {}, complain);
  }

  private insertCards(namespace: string | undefined, files: readonly InterfaceFile[]): void {
    const network = namespace === undefined ? ownNetwork(this.machine) : this.network(namespace);
    for (const file of files) {
      const card = this.cards.find(
        (candidate) =>
          candidate.storedName === file.name && candidate.storedNamespace === namespace,
      );
      if (card) card.nic = addNic(network, file.name, parseMac(file.mac as string) as Mac);
    }
  }

  private switchOff(): void {
    for (const card of this.cards) {
      card.storedNamespace = card.namespace;
      card.storedName = card.name;
      card.nic = undefined;
    }
    this.machine.powerOff();
  }

  // ---------------------------------------------------------------- names

  rename(name: string): void {
    const before = this.name;
    this.name = name;
    if (!this.isOn) {
      if (this.stored.hostname === before) this.stored = { ...this.stored, hostname: name };
      return;
    }
    const sys = controlOf(this.machine);
    if (sys.hostname() === before) sys.sethostname(name);
    const after = namedFiles(name);
    for (const [path, text] of Object.entries(namedFiles(before))) {
      if (sys.access(path, {}) && sys.readTextFile(path) === text) {
        sys.writeFile(path, after[path] as string);
      }
    }
  }

  private network(name: string) {
    const network = namedNetworks(this.machine).get(name);
    if (!network) throw new Error(`${this.name} has no network namespace ${name}`);
    return network;
  }

  /** The name of one of its network namespaces; undefined: its own, or one without a name. */
  namespaceName(network: object): string | undefined {
    if (network === ownNetwork(this.machine)) return undefined;
    for (const [name, candidate] of namedNetworks(this.machine)) {
      if (candidate === network) return name;
    }
    return undefined;
  }

  // ---------------------------------------------------------------- cards

  /** By its label: `eth0`, or `red/eth0`. */
  card(label: string): LabCard | undefined {
    return this.cards.find((card) => card.label === label);
  }

  /** Another card, up, with the next free name; a switch's becomes a port of its bridge. */
  addCard(): LabCard {
    const name = nextCardName(this.kind, (candidate) => this.hasDevice(candidate));
    const card = new LabCard(this, name, undefined);
    const mac = defaultMac(this.name, cardMacNumber(this.kind, this.cards.length));
    this.cards.push(card);
    if (!this.isOn) {
      const file = {
        name,
        mac: formatMac(mac),
        ...(this.kind === "switch" ? { master: SWITCH_BRIDGE } : {}),
      };
      this.stored = { ...this.stored, interfaces: [...this.stored.interfaces, file] };
      return card;
    }
    const network = ownNetwork(this.machine);
    card.nic = addNic(network, name, mac);
    const bridge = network.rtnetlink.link(SWITCH_BRIDGE);
    if (this.kind === "switch" && bridge?.data.kind === "bridge") {
      network.rtnetlink.setLink(name, { master: SWITCH_BRIDGE });
    }
    network.rtnetlink.setLink(name, { up: true });
    return card;
  }

  removeCard(card: LabCard): void {
    this.cards.splice(this.cards.indexOf(card), 1);
    if (card.nic) {
      removeNic(card.nic);
    } else {
      const interfaces = this.stored.interfaces.filter(({ name }) => name !== card.storedName);
      this.stored = { ...this.stored, interfaces };
    }
  }

  private hasDevice(name: string): boolean {
    if (this.isOn) return ownNetwork(this.machine).rtnetlink.link(name) !== undefined;
    return [...this.stored.interfaces, ...this.stored.links].some((device) => device.name === name);
  }

  // ---------------------------------------------------------------- addresses

  /** As `ip address add` takes them; undefined: there is no such device. */
  addressesOf(device: string): readonly string[] | undefined {
    if (!this.isOn) return this.storedDevice(device)?.addresses ?? [];
    const { rtnetlink } = ownNetwork(this.machine);
    const link = rtnetlink.link(device);
    return link && extractAddresses(rtnetlink, link);
  }

  /** Takes away what is not among them and adds what is missing. Throws EditError. */
  setAddresses(device: string, addresses: readonly string[]): void {
    if (!this.isOn) {
      const change = <T extends InterfaceFile>(file: T): T =>
        file.name === device ? { ...file, addresses: [...addresses] } : file;
      const { interfaces, links } = this.stored;
      this.stored = {
        ...this.stored,
        interfaces: interfaces.map(change),
        links: links.map(change),
      };
      return;
    }
    replaceAddresses(ownNetwork(this.machine).rtnetlink, device, addresses);
  }

  private storedDevice(name: string): InterfaceFile | undefined {
    return [...this.stored.interfaces, ...this.stored.links].find((file) => file.name === name);
  }

  // ---------------------------------------------------------------- its file

  /** What it is now, defaults written out. */
  file(): NodeFile {
    const head = { name: this.name, at: [this.at.x, this.at.y] as [number, number] };
    if (!this.isOn) return { ...this.stored, ...head, power: "off" };
    return { ...extractNode(this), ...head };
  }
}
