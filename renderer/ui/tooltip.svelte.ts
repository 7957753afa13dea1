import type { Attachment } from "svelte/attachments";

export interface TooltipState {
  readonly text: string;
  readonly shortcut: string | undefined;
  readonly box: DOMRect;
}

const DELAY_MS = 450;

class TooltipStore {
  current = $state.raw<TooltipState | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(element: Element, text: string, shortcut: string | undefined, delay = DELAY_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (element.isConnected) {
        this.current = { text, shortcut, box: element.getBoundingClientRect() };
      }
    }, delay);
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.current = undefined;
  }
}

export const tooltips = new TooltipStore();

/** Shows a tip under the element while the pointer rests on it or the keyboard is on it. */
export function tooltip(text: string, shortcut?: string): Attachment<Element> {
  return (element) => {
    const onEnter = () => tooltips.show(element, text, shortcut);
    const onFocus = () => {
      if (element.matches(":focus-visible")) tooltips.show(element, text, shortcut, 0);
    };
    const onLeave = () => tooltips.hide();
    element.addEventListener("pointerenter", onEnter);
    element.addEventListener("focus", onFocus);
    for (const event of ["pointerleave", "pointerdown", "blur"]) {
      element.addEventListener(event, onLeave);
    }
    return () => {
      element.removeEventListener("pointerenter", onEnter);
      element.removeEventListener("focus", onFocus);
      for (const event of ["pointerleave", "pointerdown", "blur"]) {
        element.removeEventListener(event, onLeave);
      }
      tooltips.hide();
    };
  };
}
