import type { Attachment } from "svelte/attachments";

const FOCUSABLE =
  "a[href], button:not(:disabled):not([tabindex='-1']), input:not(:disabled), select, textarea, [tabindex='0']";

/** Keeps Tab inside the element, focuses it at once and gives the focus back afterwards. */
export const trapFocus: Attachment<HTMLElement> = (element) => {
  const before = document.activeElement;
  const focusables = () => [...element.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const preferred = element.querySelector<HTMLElement>("[data-autofocus]");
  (preferred ?? element).focus();

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    const all = focusables();
    const edge = event.shiftKey ? all[0] : all.at(-1);
    const other = event.shiftKey ? all.at(-1) : all[0];
    const outside = !element.contains(document.activeElement);
    if (other !== undefined && (document.activeElement === edge || outside)) {
      event.preventDefault();
      other.focus();
    }
  };
  element.addEventListener("keydown", onKeyDown);
  return () => {
    element.removeEventListener("keydown", onKeyDown);
    // Another dialog may have taken the focus meanwhile.
    const { activeElement } = document;
    const lost = activeElement === document.body || element.contains(activeElement);
    if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
  };
};
