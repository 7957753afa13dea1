import "@xyflow/svelte/dist/base.css";
import "@xterm/xterm/css/xterm.css";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/flow.css";
import { mount, unmount } from "svelte";
import AppView from "./App.svelte";
import type { Host } from "./host/host.ts";

/** Draws the whole user interface into `target`. The answer takes it away again. */
export function mountApp(target: HTMLElement, host: Host): () => void {
  const view = mount(AppView, { target, props: { host } });
  return () => void unmount(view);
}
