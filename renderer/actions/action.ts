import type { Component } from "svelte";
import type { App } from "../state/app.svelte.ts";
import type { Shortcut } from "./shortcut.ts";

/**
 * Where an action's shortcuts are heard: `everywhere`, terminals and text fields included;
 * `window`, everywhere but in terminals; `canvas` or `terminal`, while that has the focus.
 */
export type Scope = "everywhere" | "window" | "canvas" | "terminal";

export type Section = "File" | "Edit" | "Node" | "Cable" | "View" | "Terminal" | "Clock" | "Help";

/** Something the user can do; menus, palette, shortcuts and native menus all use this. */
export interface Action {
  /** Stable, such as `file.save`; the desktop's native menus send it. */
  readonly id: string;
  readonly title: string;
  readonly section: Section;
  readonly icon?: Component;
  readonly shortcuts?: readonly Shortcut[];
  readonly scope: Scope;
  /** Without it: always. */
  readonly enabled?: (app: App) => boolean;
  /** For switches: whether it is on. */
  readonly checked?: (app: App) => boolean;
  readonly run: (app: App) => void | Promise<unknown>;
}

export const inLab = (app: App): boolean => app.files.stage === "lab";
