import CircleStop from "@lucide/svelte/icons/circle-stop";
import Radar from "@lucide/svelte/icons/radar";
import { type Action, inLab } from "./action.ts";

export const packetActions: readonly Action[] = [
  {
    id: "view.packets",
    title: "Follow packets",
    section: "View",
    icon: Radar,
    shortcuts: ["J"],
    scope: "canvas",
    enabled: inLab,
    checked: (app) => app.packets.shown,
    run: (app) => app.packets.toggle(),
  },
  {
    id: "packets.anew",
    title: "Follow packets anew",
    section: "View",
    icon: Radar,
    shortcuts: ["Shift+J"],
    scope: "canvas",
    enabled: (app) => inLab(app) && app.packets.shown,
    run: (app) => app.packets.follow(),
  },
  {
    id: "packets.stop",
    title: "Stop following packets",
    section: "View",
    icon: CircleStop,
    scope: "canvas",
    enabled: (app) => app.packets.followed.following,
    run: (app) => app.packets.stop(),
  },
];
