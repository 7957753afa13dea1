/** `Mod` is Command on a Mac and Control elsewhere. Written as `Mod+Shift+K`, `F2`, `Shift+1`. */
export type Shortcut = string;

/** The part of a keyboard event that matters here. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const isMac = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform);

export function matchesShortcut(shortcut: Shortcut, press: KeyPress, mac = isMac): boolean {
  const parts = shortcut.split(/\+(?=.)/);
  const key = parts.at(-1) ?? "";
  const has = (name: string) => parts.slice(0, -1).includes(name);
  const wantsControl = has("Ctrl") || (has("Mod") && !mac);
  const wantsMeta = has("Mod") && mac;
  if (press.ctrlKey !== wantsControl || press.metaKey !== wantsMeta) return false;
  if (press.altKey !== has("Alt")) return false;
  // Which symbols need Shift depends on the keyboard; letters, digits and named keys do not.
  const shiftMatters = /^[a-z0-9`]$/i.test(key) || key.length > 1;
  if (shiftMatters && press.shiftKey !== has("Shift")) return false;
  return matchesKey(key, press);
}

function matchesKey(key: string, press: KeyPress): boolean {
  if (/^[0-9]$/.test(key)) return press.code === `Digit${key}` || press.code === `Numpad${key}`;
  if (key === "`") return press.code === "Backquote";
  if (key === "Space") return press.code === "Space";
  return press.key.toLowerCase() === key.toLowerCase();
}

const MAC_SIGNS: Record<string, string> = {
  Mod: "⌘",
  Ctrl: "⌃",
  Shift: "⇧",
  Alt: "⌥",
  Delete: "⌦",
  Backspace: "⌫",
  Enter: "↩",
  Escape: "esc",
};

const WORDS: Record<string, string> = {
  Mod: "Ctrl",
  Escape: "Esc",
  Delete: "Del",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** As people read it: `Ctrl+Shift+K`, on a Mac `⇧⌘K`. */
export function formatShortcut(shortcut: Shortcut, mac = isMac): string {
  const parts = shortcut.split(/\+(?=.)/);
  if (!mac) return parts.map((part) => WORDS[part] ?? part).join("+");
  return parts.map((part) => MAC_SIGNS[part] ?? WORDS[part] ?? part).join("");
}
