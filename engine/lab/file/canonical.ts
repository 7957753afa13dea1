/**
 * One way to write each lab: what is at its default is left out, addresses and routes are spelt
 * in one way, keys come in one order. Two labs that mean the same print the same.
 */
import { formatCableEnd, parseCableEnd } from "./cable-end.ts";
import { cabledCards } from "./cabled-cards.ts";
import { canonicalNode } from "./canonical-node.ts";
import { compact, list, same, unless } from "./leave-out.ts";
import { DEFAULT_SEED } from "./naming.ts";
import { rounded } from "./rounded.ts";
import { LAB_VERSION, type CableFile, type LabFile } from "./schema.ts";

const DEFAULT_NOTE_SIZE = [200, 120];

export function canonicalLab(lab: LabFile): LabFile {
  const cabled = cabledCards(lab.cables ?? []);
  return compact<LabFile>({
    podwire: LAB_VERSION,
    name: unless(lab.name, ""),
    description: unless(lab.description, ""),
    seed: unless(lab.seed, DEFAULT_SEED),
    nodes: list(lab.nodes?.map((node) => canonicalNode(node, cabled.get(node.name) ?? []))),
    cables: list(lab.cables?.map(canonicalCable)),
    notes: list(
      lab.notes?.map((note) =>
        compact({
          text: note.text,
          at: rounded(note.at),
          size: same(note.size, DEFAULT_NOTE_SIZE) ? undefined : note.size && rounded(note.size),
          colour: unless(note.colour, "yellow"),
        }),
      ),
    ),
    groups: list(
      lab.groups?.map((group) =>
        compact({
          label: group.label,
          at: rounded(group.at),
          size: rounded(group.size),
          members: list(group.members),
        }),
      ),
    ),
    terminals: list(
      lab.terminals?.map((tab) =>
        compact({
          node: tab.node,
          title: unless(tab.title, ""),
          command: unless(tab.command, ""),
        }),
      ),
    ),
    images: list(lab.images ? [...lab.images] : undefined),
  });
}

function canonicalCable(cable: CableFile): CableFile {
  const [one, two] = cable.ends;
  return compact({
    ends: [formatCableEnd(parseCableEnd(one)), formatCableEnd(parseCableEnd(two))] as [
      string,
      string,
    ],
    latencyMs: unless(cable.latencyMs, 0),
    bandwidthMbit: unless(cable.bandwidthMbit, 0),
    lossPercent: unless(cable.lossPercent, 0),
    cut: unless(cable.cut, false),
  });
}
