/** Gestures that no shortcut names. */
export const MOUSE_HELP: readonly { readonly does: string; readonly how: string }[] = [
  { does: "Open a machine’s terminal", how: "Double-click" },
  { does: "Edit a note", how: "Double-click" },
  { does: "Draw a cable", how: "Drag from a port" },
  { does: "Draw a cable click by click", how: "Shift+click two nodes" },
  { does: "Choose another interface while cabling", how: "Tab" },
  { does: "Select several", how: "Drag or Shift+drag" },
  { does: "Add to the selection", how: "Ctrl+click" },
  { does: "Pan", how: "Space+drag, middle drag" },
  { does: "Zoom", how: "Wheel" },
];
