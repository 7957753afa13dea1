import Cable from "@lucide/svelte/icons/cable";
import Scissors from "@lucide/svelte/icons/scissors-line-dashed";
import { machineMiddle, machineSize } from "../kinds/machine-size.ts";
import { takeCable } from "../tools/select/idle.ts";
import type { Action } from "./action.ts";

export const cableActions: readonly Action[] = [
  {
    id: "cable.connect",
    title: "Connect with a cable",
    section: "Cable",
    icon: Cable,
    shortcuts: ["C"],
    scope: "canvas",
    enabled: (app) => app.selection.nodes.length === 1 || app.selection.nodes.length === 2,
    run: async (app) => {
      const [from, to] = app.selection.nodes;
      const machine = app.lab.nodes.get(from ?? "");
      if (machine === undefined) return;
      if (to === undefined) {
        const below = machine.at.y + machineSize(machine).height + 40;
        const at = { x: machineMiddle(machine).x, y: below };
        await app.canvas.step(takeCable(machine, at, "click"));
        return;
      }
      await app.canvas.apply({
        kind: "connect",
        from: { node: machine.name },
        to: { node: to },
      });
    },
  },
  {
    id: "cable.cut",
    title: "Cut or restore cable",
    section: "Cable",
    icon: Scissors,
    shortcuts: ["X"],
    scope: "canvas",
    enabled: (app) => app.selection.cables.length > 0,
    run: async (app) => {
      const cables = app.selection.cables;
      const cut = cables.some((id) => app.lab.cables.get(id)?.cut === false);
      for (const cable of cables) {
        await app.lab.edit({ kind: "configure-cable", cable, properties: { cut } });
      }
    },
  },
];
