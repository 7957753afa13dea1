import ChevronsLeft from "@lucide/svelte/icons/chevrons-left";
import ChevronsRight from "@lucide/svelte/icons/chevrons-right";
import Gauge from "@lucide/svelte/icons/gauge";
import Play from "@lucide/svelte/icons/play";
import StepForward from "@lucide/svelte/icons/step-forward";
import { SPEEDS } from "../state/clock.svelte.ts";
import { type Action, inLab } from "./action.ts";

export const clockActions: readonly Action[] = [
  {
    id: "clock.toggle",
    title: "Play or pause",
    section: "Clock",
    icon: Play,
    shortcuts: ["F8"],
    scope: "everywhere",
    enabled: inLab,
    run: (app) => app.clock.toggle(),
  },
  {
    id: "clock.step",
    title: "One event",
    section: "Clock",
    icon: StepForward,
    shortcuts: ["F10"],
    scope: "window",
    enabled: (app) => inLab(app) && !app.clock.state.running,
    run: (app) => app.clock.step(),
  },
  {
    id: "clock.slower",
    title: "Slower",
    section: "Clock",
    icon: ChevronsLeft,
    shortcuts: ["["],
    scope: "canvas",
    run: (app) => app.clock.shiftSpeed(-1),
  },
  {
    id: "clock.faster",
    title: "Faster",
    section: "Clock",
    icon: ChevronsRight,
    shortcuts: ["]"],
    scope: "canvas",
    run: (app) => app.clock.shiftSpeed(1),
  },
  ...SPEEDS.map(({ value, label }): Action => ({
    id: `clock.speed-${value === Infinity ? "max" : value}`,
    title: `Speed: ${label}`,
    section: "Clock",
    icon: Gauge,
    scope: "window",
    checked: (app) => app.clock.state.speed === value,
    run: (app) => app.clock.setSpeed(value),
  })),
];
