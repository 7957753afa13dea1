import Plus from "@lucide/svelte/icons/plus";
import Plug from "@lucide/svelte/icons/plug";
import Power from "@lucide/svelte/icons/power";
import { KINDS } from "../kinds/index.ts";
import type { Kind } from "../kinds/kind.ts";
import type { App } from "../state/app.svelte.ts";
import { type Action, inLab } from "./action.ts";

export const nodeActions: readonly Action[] = [
  ...KINDS.map(addAction),
  {
    id: "node.power",
    title: "Switch power on or off",
    section: "Node",
    icon: Power,
    shortcuts: ["P"],
    scope: "canvas",
    enabled: (app) => app.selection.nodes.length > 0,
    run: async (app) => {
      const nodes = app.selection.nodes;
      const on = !nodes.some((name) => app.lab.nodes.get(name)?.poweredOn);
      for (const node of nodes) await app.lab.edit({ kind: "set-power", node, on });
    },
  },
  {
    id: "node.docker-api",
    title: "Let your own docker command use the machine",
    section: "Node",
    icon: Plug,
    scope: "canvas",
    enabled: (app) => app.servedEngines.possible && ableNode(app) !== undefined,
    checked: (app) => app.servedEngines.list.has(ableNode(app) ?? ""),
    run: (app) => {
      const node = ableNode(app);
      return node === undefined ? undefined : app.servedEngines.toggle(node);
    },
  },
];

/** The one selected machine, if it runs containers. */
function ableNode(app: App): string | undefined {
  const node = app.lab.nodes.get(app.selection.onlyNode ?? "");
  return node?.runsContainers ? node.name : undefined;
}

function addAction(kind: Kind): Action {
  return {
    id: `node.add-${kind.id}`,
    title: `Add ${kind.title.toLowerCase()}`,
    section: "Node",
    icon: kind.icon ?? Plus,
    shortcuts: [kind.shortcut],
    scope: "canvas",
    enabled: inLab,
    run: (app) => addAtCentre(app, kind),
  };
}

/** Adds one in the middle of what is seen; on top of another it moves aside. */
export async function addAtCentre(app: App, kind: Kind): Promise<void> {
  const centre = app.canvas.viewport?.centre() ?? { x: 0, y: 0 };
  // A new note then takes the focus for its text.
  app.canvas.viewport?.focus();
  await app.canvas.add(kind, centre);
}
