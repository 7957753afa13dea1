import type { Component } from "svelte";

export type MenuEntry =
  | "separator"
  | {
      readonly label: string;
      readonly icon?: Component;
      readonly hint?: string;
      readonly checked?: boolean;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      readonly run?: () => void;
      readonly items?: readonly MenuEntry[];
      readonly testId?: string;
    };

/** The one open menu: a context menu at the pointer or one hanging under a button. */
export class Menus {
  current = $state.raw<
    | {
        readonly x: number;
        readonly y: number;
        readonly entries: readonly MenuEntry[];
        readonly label: string;
      }
    | undefined
  >();
  #returnFocus: HTMLElement | undefined;

  openAt(x: number, y: number, label: string, entries: readonly MenuEntry[]): void {
    const focused = document.activeElement;
    this.#returnFocus = focused instanceof HTMLElement ? focused : undefined;
    this.current = { x, y, label, entries };
  }

  openUnder(button: HTMLElement, label: string, entries: readonly MenuEntry[]): void {
    const box = button.getBoundingClientRect();
    this.openAt(box.left, box.bottom + 4, label, entries);
  }

  close(): void {
    if (this.current === undefined) return;
    this.current = undefined;
    this.#returnFocus?.focus({ preventScroll: true });
  }
}
