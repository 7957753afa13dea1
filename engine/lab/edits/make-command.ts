/** From what the user asked for to a command that does it. */
import type { CableProperties, Edit, LooseEnd } from "../../session.ts";
import { parseAddressText } from "../text/address-text.ts";
import { getImage } from "../../images/index.ts";
import type { Lab } from "../lab.ts";
import { DEFAULT_IMAGE } from "../file/naming.ts";
import { nodeNameProblem, NOTE_COLOURS } from "../file/schema.ts";
import { DEFAULT_NOTE_SIZE } from "../model/geometry.ts";
import { EMPTY_FRAGMENT, type Group, type Note } from "../model/fragment.ts";
import { Change } from "./change.ts";
import { checkCable } from "./check-cable.ts";
import { EditError, type Command } from "./command.ts";
import { Connect } from "./connect.ts";
import { frameAround } from "./frame.ts";
import { Insert } from "./insert.ts";
import { Move } from "./move.ts";
import { paste } from "./paste.ts";
import { Remove } from "./remove.ts";

/** Throws EditError when it makes no sense. Nothing has changed yet. */
export function makeCommand(lab: Lab, edit: Edit): Command {
  switch (edit.kind) {
    case "rename-lab": {
      const before = { name: lab.name, description: lab.description };
      const after = { name: edit.name, description: edit.description ?? lab.description };
      return new Change("Rename lab", (value) => Object.assign(lab, value), before, after, "lab");
    }
    case "add-node":
      return addNode(lab, edit);
    case "move":
      if (edit.positions.length === 0) throw new EditError("nothing is selected");
      return new Move(lab, edit.positions);
    case "rename-node":
      return renameNode(lab, edit.node, edit.name);
    case "connect":
      return new Connect(
        lab,
        checkedEnd(lab, edit.from),
        checkedEnd(lab, edit.to),
        edit.properties,
      );
    case "configure-cable":
      return configureCable(lab, edit.cable, edit.properties);
    case "set-power": {
      const node = lab.node(edit.node);
      return new Change(
        `Switch ${node.name} ${edit.on ? "on" : "off"}`,
        (on) => lab.setPower(edit.node, on),
        node.isOn,
        edit.on,
      );
    }
    case "set-addresses":
      return setAddresses(lab, edit.node, edit.interface, edit.addresses);
    case "add-note": {
      const note: Note = {
        text: edit.text,
        at: edit.at,
        size: DEFAULT_NOTE_SIZE,
        colour: "yellow",
      };
      const notes = [{ id: lab.nextId("note"), note }];
      return new Insert(lab, "Add note", { ...EMPTY_FRAGMENT, notes });
    }
    case "edit-note":
      return editNote(lab, edit);
    case "add-group": {
      const members = existingMembers(lab, edit.members);
      const group: Group = { label: edit.label, members, ...frameAround(lab, members) };
      const groups = [{ id: lab.nextId("group"), group }];
      return new Insert(lab, "Group", { ...EMPTY_FRAGMENT, groups });
    }
    case "edit-group":
      return editGroup(lab, edit);
    case "remove":
      return new Remove(lab, edit.items);
    case "paste":
      return paste(lab, edit.clipboard, edit.offset);
    default:
      throw new EditError(`unknown edit "${String((edit as { kind: unknown }).kind)}"`);
  }
}

function addNode(lab: Lab, edit: Extract<Edit, { kind: "add-node" }>): Command {
  const name = edit.name ?? lab.freeNodeName(edit.node);
  checkNodeName(lab, name);
  const image = edit.image ?? DEFAULT_IMAGE;
  if (!getImage(image)) throw new EditError(`there is no disk image "${image}"`);
  const file = { name, kind: edit.node, image, at: [edit.at.x, edit.at.y] as [number, number] };
  return new Insert(lab, `Add ${name}`, { ...EMPTY_FRAGMENT, nodes: [{ file }] });
}

function checkNodeName(lab: Lab, name: string): void {
  const problem = nodeNameProblem(name);
  if (problem !== undefined) throw new EditError(problem);
  if (lab.hasNode(name)) throw new EditError(`there is already a node "${name}"`);
}

function renameNode(lab: Lab, from: string, to: string): Command {
  lab.node(from);
  if (to !== from) checkNodeName(lab, to);
  let current = from;
  return new Change(
    `Rename ${from} to ${to}`,
    (name) => {
      lab.renameNode(current, name);
      current = name;
    },
    from,
    to,
  );
}

function checkedEnd(lab: Lab, end: LooseEnd): LooseEnd {
  const node = lab.node(end.node);
  if (end.interface === undefined) return end;
  const card = node.card(end.interface);
  if (!card) throw new EditError(`${end.node} has no interface ${end.interface}`);
  if (lab.cableIn(card)) throw new EditError(`${end.node}:${end.interface} has a cable already`);
  return end;
}

function configureCable(lab: Lab, id: string, changes: Partial<CableProperties>): Command {
  const before = lab.cable(id).properties;
  const after = { ...before, ...definedOf(changes) };
  checkCable(after);
  const label =
    after.cut !== before.cut ? (after.cut ? "Cut cable" : "Restore cable") : "Change cable";
  return new Change(label, (value) => lab.configureCable(id, value), before, after);
}

function setAddresses(
  lab: Lab,
  name: string,
  device: string,
  addresses: readonly string[],
): Command {
  const node = lab.node(name);
  const before = node.addressesOf(device);
  if (!before) throw new EditError(`${name} has no interface ${device}`);
  for (const text of addresses) {
    const result = parseAddressText(text);
    if (!result.ok) throw new EditError(result.message);
  }
  return new Change(
    `Change addresses of ${name}:${device}`,
    (value) => lab.setAddresses(name, device, value),
    before,
    addresses,
  );
}

function editNote(lab: Lab, edit: Extract<Edit, { kind: "edit-note" }>): Command {
  const { text, colour, size } = edit;
  const known = NOTE_COLOURS.find((candidate) => candidate === colour);
  if (colour !== undefined && known === undefined) {
    throw new EditError(`a note's colour is one of ${NOTE_COLOURS.join(", ")}`);
  }
  const before = { ...lab.note(edit.note) };
  const after: Note = { ...before, ...definedOf({ text, colour: known, size }) };
  const key = `note ${edit.note} ${Object.keys(definedOf({ text, colour, size })).join()}`;
  return new Change(
    "Edit note",
    (value) => Object.assign(lab.note(edit.note), value),
    before,
    after,
    key,
  );
}

function editGroup(lab: Lab, edit: Extract<Edit, { kind: "edit-group" }>): Command {
  const { label, size } = edit;
  const members = edit.members && existingMembers(lab, edit.members);
  const before = { ...lab.group(edit.group) };
  const after = { ...before, ...definedOf({ label, size, members }) };
  return new Change(
    "Edit group",
    (value) => Object.assign(lab.group(edit.group), value),
    before,
    after,
  );
}

function existingMembers(lab: Lab, members: readonly string[]): readonly string[] {
  for (const member of members) lab.node(member);
  return [...new Set(members)];
}

/** Without the keys that are undefined. */
function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  ) as Partial<T>;
}
