/**
 * A lab that is switched on: the machines, the cables between them and the drawing. Edits change
 * it through commands (`edits/`); this class knows how to do each thing once, not how to undo it.
 */
import { Simulation } from "../sim/simulation.ts";
import type { CableProperties, ItemRef, NodeKind, Point, TerminalTab } from "../session.ts";
import type { Random } from "../sim/random.ts";
import type { Complain } from "./config/complaint.ts";
import { parseCableEnd } from "./file/cable-end.ts";
import { cabledCards } from "./file/cabled-cards.ts";
import { DEFAULT_IMAGE, DEFAULT_SEED } from "./file/naming.ts";
import {
  LAB_VERSION,
  type CableFile,
  type ImageFile,
  type LabFile,
  type NodeFile,
} from "./file/schema.ts";
import { imageNames } from "../images/index.ts";
import type { RegistryImage } from "../docker/images/registry-image.ts";
import { LabRegistry } from "../docker/store/registry.ts";
import { makeLabImages } from "./docker/lab-images.ts";
import { labImage, withRegistry } from "./images.ts";
import { EditError } from "./edits/command.ts";
import type { Fragment, Group, Note } from "./model/fragment.ts";
import { groupFile, groupOf, noteFile, noteOf } from "./model/drawing-file.ts";
import { gridPlace, pointOf } from "./model/geometry.ts";
import { LabCable, propertiesOf } from "./model/lab-cable.ts";
import type { LabCard } from "./model/lab-card.ts";
import { LabNode } from "./model/lab-node.ts";
import { OrderedMap } from "./model/ordered-map.ts";

/** Told of everything that happens to the lab's parts. */
export interface LabListener {
  nodeAdded(node: LabNode): void;
  nodeRemoved(node: LabNode): void;
  /** It was switched on or off, renamed, or its cards changed. */
  nodeChanged(node: LabNode): void;
  cableChanged(cable: LabCable): void;
}

const DEAF: LabListener = {
  nodeAdded() {},
  nodeRemoved() {},
  nodeChanged() {},
  cableChanged() {},
};

const NODE_NAMES: Readonly<Record<NodeKind, string>> = { host: "h", router: "r", switch: "sw" };

export class Lab {
  readonly sim: Simulation;
  name: string;
  description: string;
  terminals: readonly TerminalTab[];
  listener: LabListener = DEAF;
  /** As the file defines them. */
  private readonly images: readonly ImageFile[];
  /** Those, made. */
  readonly containerImages: readonly RegistryImage[];
  /** Where its machines find them; undefined: in the common one. */
  private readonly registry: LabRegistry | undefined;
  private readonly nodeMap = new OrderedMap<string, LabNode>();
  private readonly cableMap = new OrderedMap<string, LabCable>();
  private readonly noteMap = new OrderedMap<string, Note>();
  private readonly groupMap = new OrderedMap<string, Group>();
  private readonly cableRandom: Random;
  private readonly cabled = new Map<LabCard, LabCable>();
  private lastId = 0;

  /**
   * Switches a lab on. What the kernels refuse goes to `complain` with its path in the file; then
   * the lab is not as its file says.
   */
  constructor(file: LabFile, complain: Complain) {
    this.sim = new Simulation(file.seed ?? DEFAULT_SEED);
    this.cableRandom = this.sim.random.fork("cables");
    this.name = file.name ?? "";
    this.description = file.description ?? "";
    this.terminals = file.terminals ?? [];
    this.images = file.images ?? [];
    this.containerImages = makeLabImages(this.images, complain);
    if (this.images.length > 0) this.registry = new LabRegistry(this.containerImages);
    const cabled = cabledCards(file.cables ?? []);
    file.nodes?.forEach((node, index) => {
      const at = node.at ? pointOf(node.at) : gridPlace(index);
      const path = ["nodes", index];
      this.addNode(node, at, cabled.get(node.name) ?? [], undefined, (below, message) =>
        complain([...path, ...below], message),
      );
    });
    for (const cable of file.cables ?? []) this.addCable(this.nextId("cable"), cable);
    for (const note of file.notes ?? []) this.noteMap.insert(this.nextId("note"), noteOf(note));
    for (const group of file.groups ?? []) {
      this.groupMap.insert(this.nextId("group"), groupOf(group));
    }
  }

  // ---------------------------------------------------------------- looking

  get nodes(): Iterable<LabNode> {
    return this.nodeMap.values();
  }

  get cables(): Iterable<LabCable> {
    return this.cableMap.values();
  }

  get notes(): Iterable<readonly [id: string, note: Note]> {
    return this.noteMap.entries();
  }

  get groups(): Iterable<readonly [id: string, group: Group]> {
    return this.groupMap.entries();
  }

  hasNode(name: string): boolean {
    return this.nodeMap.has(name);
  }

  /** Throws EditError. */
  node(name: string): LabNode {
    return found(this.nodeMap.get(name), "node", name);
  }

  /** Throws EditError. */
  cable(id: string): LabCable {
    return found(this.cableMap.get(id), "cable", id);
  }

  /** Throws EditError. */
  note(id: string): Note {
    return found(this.noteMap.get(id), "note", id);
  }

  /** Throws EditError. */
  group(id: string): Group {
    return found(this.groupMap.get(id), "group", id);
  }

  has(item: ItemRef): boolean {
    switch (item.kind) {
      case "node":
        return this.nodeMap.has(item.id);
      case "cable":
        return this.cableMap.has(item.id);
      case "note":
        return this.noteMap.has(item.id);
      case "group":
        return this.groupMap.has(item.id);
    }
  }

  cableIn(card: LabCard): LabCable | undefined {
    return this.cabled.get(card);
  }

  // ---------------------------------------------------------------- names

  /** An id that nothing in this lab has had. */
  nextId(kind: "cable" | "note" | "group"): string {
    this.lastId += 1;
    return `${kind}-${this.lastId}`;
  }

  /** h1, h2 … r1 … sw1 … */
  freeNodeName(kind: NodeKind): string {
    for (let number = 1; ; number++) {
      const name = `${NODE_NAMES[kind]}${number}`;
      if (!this.nodeMap.has(name)) return name;
    }
  }

  /** The name itself, or with the next number that is free, here and among `taken`. */
  uniqueName(name: string, taken: ReadonlySet<string>): string {
    const isFree = (candidate: string): boolean =>
      !this.nodeMap.has(candidate) && !taken.has(candidate);
    if (isFree(name)) return name;
    const stem = name.replace(/\d+$/, "").slice(0, 55);
    const digits = /\d+$/.exec(name)?.[0];
    for (let number = Number(digits ?? 1) + 1; ; number++) {
      if (isFree(`${stem}${number}`)) return `${stem}${number}`;
    }
  }

  // ---------------------------------------------------------------- putting in, taking out

  private addNode(
    file: NodeFile,
    at: Point,
    cabled: readonly string[],
    index: number | undefined,
    complain: Complain,
  ): void {
    const plain = labImage(file.image ?? DEFAULT_IMAGE);
    if (!plain) {
      complain(
        ["image"],
        `there is no disk image "${file.image}"; there is ${imageNames().join(", ")}`,
      );
      return;
    }
    const image = this.registry ? withRegistry(plain, this.registry) : plain;
    const node = new LabNode(this.sim, file, at, image, cabled, complain);
    this.nodeMap.insert(node.name, node, index);
    this.listener.nodeAdded(node);
  }

  /** Nothing happens when an end is missing (a node that could not be made). */
  private addCable(id: string, file: CableFile, index?: number): void {
    const cards = file.ends.map((end) => {
      const place = parseCableEnd(end);
      const label = end.slice(place.node.length + 1);
      return this.nodeMap.get(place.node)?.card(label);
    });
    const [one, two] = cards;
    if (one && two) this.plug(id, [one, two], propertiesOf(file), index);
  }

  /** Puts things in, each where it was. */
  put(fragment: Fragment): void {
    const cabled = cabledCards(fragment.cables.map((cable) => cable.file));
    for (const { file, index } of fragment.nodes) {
      const at = file.at ? pointOf(file.at) : gridPlace(this.nodeMap.size);
      this.addNode(file, at, cabled.get(file.name) ?? [], index, () => {});
    }
    for (const { id, file, index } of fragment.cables) this.addCable(id, file, index);
    for (const { id, note, index } of fragment.notes) this.noteMap.insert(id, note, index);
    for (const { id, group, index } of fragment.groups) this.groupMap.insert(id, group, index);
    for (const { group, members } of fragment.memberships) {
      const loser = this.groupMap.get(group);
      if (loser) loser.members = members;
    }
    if (fragment.terminals) this.terminals = fragment.terminals;
  }

  /** Takes things out; a node goes with its cables. What is not there is left out. */
  take(items: readonly ItemRef[]): Fragment {
    const fragment = this.describe(items);
    const names = new Set(fragment.nodes.map(({ file }) => file.name));
    const affected = [...this.groupMap.entries()].filter(
      ([id, group]) =>
        !fragment.groups.some((taken) => taken.id === id) &&
        group.members.some((member) => names.has(member)),
    );
    const memberships = affected.map(([id, group]) => ({ group: id, members: group.members }));
    const { terminals } = this;
    for (const [, group] of affected) {
      group.members = group.members.filter((member) => !names.has(member));
    }
    this.terminals = terminals.filter((tab) => !names.has(tab.node));
    for (const { id } of fragment.cables) this.unplug(id);
    for (const name of names) {
      const node = this.node(name);
      this.nodeMap.delete(name);
      this.listener.nodeRemoved(node);
      node.powerOff();
    }
    for (const { id } of fragment.notes) this.noteMap.delete(id);
    for (const { id } of fragment.groups) this.groupMap.delete(id);
    return { ...fragment, memberships, terminals };
  }

  /** What the things are now, and where they stand. A node comes with all its cables. */
  private describe(items: readonly ItemRef[]): Fragment {
    const chosen = (kind: ItemRef["kind"]): Set<string> =>
      new Set(items.filter((item) => item.kind === kind).map((item) => item.id));
    const [nodes, cables, notes, groups] = [
      chosen("node"),
      chosen("cable"),
      chosen("note"),
      chosen("group"),
    ];
    return {
      nodes: [...this.nodeMap.entries()].flatMap(([name, node], index) =>
        nodes.has(name) ? [{ index, file: node.file() }] : [],
      ),
      cables: [...this.cableMap.entries()].flatMap(([id, cable], index) =>
        cables.has(id) || cable.ends.some((card) => nodes.has(card.node.name))
          ? [{ index, id, file: cable.file() }]
          : [],
      ),
      notes: [...this.noteMap.entries()].flatMap(([id, note], index) =>
        notes.has(id) ? [{ index, id, note }] : [],
      ),
      groups: [...this.groupMap.entries()].flatMap(([id, group], index) =>
        groups.has(id) ? [{ index, id, group }] : [],
      ),
      memberships: [],
    };
  }

  // ---------------------------------------------------------------- single changes

  plug(
    id: string,
    cards: readonly [LabCard, LabCard],
    properties: CableProperties,
    index?: number,
  ): void {
    const cable = new LabCable(this.sim, this.cableRandom, id, cards, properties);
    this.cableMap.insert(id, cable, index);
    for (const card of cards) this.cabled.set(card, cable);
    this.cableTouched(cable);
  }

  unplug(id: string): void {
    const cable = this.cable(id);
    cable.unplug(0);
    cable.unplug(1);
    this.cableMap.delete(id);
    for (const card of cable.ends) this.cabled.delete(card);
    this.cableTouched(cable);
  }

  private cableTouched(cable: LabCable): void {
    this.listener.cableChanged(cable);
    for (const card of cable.ends) this.listener.nodeChanged(card.node);
  }

  configureCable(id: string, properties: CableProperties): void {
    const cable = this.cable(id);
    cable.configure(properties);
    this.listener.cableChanged(cable);
  }

  addCard(name: string): LabCard {
    const node = this.node(name);
    const card = node.addCard();
    this.listener.nodeChanged(node);
    return card;
  }

  removeCard(name: string, label: string): void {
    const node = this.nodeMap.get(name);
    const card = node?.card(label);
    if (!node || !card || this.cabled.has(card)) return;
    node.removeCard(card);
    this.listener.nodeChanged(node);
  }

  renameNode(from: string, to: string): void {
    const node = this.node(from);
    this.nodeMap.rename(from, to);
    node.rename(to);
    const renamed = (name: string): string => (name === from ? to : name);
    for (const group of this.groupMap.values()) group.members = group.members.map(renamed);
    this.terminals = this.terminals.map((tab) => ({ ...tab, node: renamed(tab.node) }));
    this.listener.nodeChanged(node);
  }

  setPower(name: string, on: boolean): void {
    const node = this.node(name);
    const cables = [...this.cableMap.values()].filter((cable) =>
      cable.ends.some((card) => card.node === node),
    );
    if (!on) {
      for (const cable of cables) {
        cable.ends.forEach((card, end) => {
          if (card.node === node) cable.unplug(end as 0 | 1);
        });
      }
      node.powerOff();
    } else {
      node.powerOn();
      for (const cable of cables) {
        cable.ends.forEach((card, end) => {
          if (card.node === node) cable.plugIn(end as 0 | 1);
        });
      }
    }
    this.listener.nodeChanged(node);
  }

  setAddresses(name: string, device: string, addresses: readonly string[]): void {
    const node = this.node(name);
    node.setAddresses(device, addresses);
    this.listener.nodeChanged(node);
  }

  positionOf(item: ItemRef): Point | undefined {
    switch (item.kind) {
      case "node":
        return this.nodeMap.get(item.id)?.at;
      case "note":
        return this.noteMap.get(item.id)?.at;
      case "group":
        return this.groupMap.get(item.id)?.at;
      case "cable":
        return undefined;
    }
  }

  setPosition(item: ItemRef, at: Point): void {
    switch (item.kind) {
      case "node":
        this.node(item.id).at = at;
        this.listener.nodeChanged(this.node(item.id));
        return;
      case "note":
        this.note(item.id).at = at;
        return;
      case "group":
        this.group(item.id).at = at;
        return;
      case "cable":
        return;
    }
  }

  // ---------------------------------------------------------------- its file

  file(): LabFile {
    return {
      podwire: LAB_VERSION,
      name: this.name,
      description: this.description,
      seed: this.sim.seed,
      nodes: [...this.nodeMap.values()].map((node) => node.file()),
      cables: [...this.cableMap.values()].map((cable) => cable.file()),
      notes: [...this.noteMap.values()].map(noteFile),
      groups: [...this.groupMap.values()].map(groupFile),
      terminals: this.terminals.map(({ node, title, command }) => ({
        node,
        ...(title === undefined ? {} : { title }),
        ...(command === undefined ? {} : { command }),
      })),
      images: [...this.images],
    };
  }

  /** The chosen things as a lab of their own; cables only if both ends are chosen. */
  excerpt(items: readonly ItemRef[]): LabFile {
    const { nodes, cables, notes, groups } = this.describe(items);
    const names = new Set(nodes.map(({ file }) => file.name));
    const isInside = (cable: CableFile): boolean =>
      cable.ends.every((end) => names.has(parseCableEnd(end).node));
    return {
      podwire: LAB_VERSION,
      nodes: nodes.map(({ file }) => file),
      cables: cables.map(({ file }) => file).filter(isInside),
      notes: notes.map(({ note }) => noteFile(note)),
      groups: groups.map(({ group }) => ({
        ...groupFile(group),
        members: group.members.filter((member) => names.has(member)),
      })),
    };
  }
}

function found<T>(value: T | undefined, kind: string, id: string): T {
  if (value === undefined) throw new EditError(`there is no ${kind} "${id}"`);
  return value;
}
