import { MediaQuery } from "svelte/reactivity";

export type ThemeChoice = "system" | "light" | "dark";

const STORE_KEY = "podwire.preferences";

/** What the user chose about the window; kept in this browser or desktop profile. */
export class Preferences {
  theme = $state<ThemeChoice>("system");
  snap = $state(true);
  minimap = $state(true);
  interfaceLabels = $state(true);
  palette = $state(true);
  inspector = $state(true);
  dock = $state(false);
  /** Pixels. */
  dockHeight = $state(260);
  inspectorWidth = $state(320);
  terminalFontSize = $state(13);

  readonly #systemDark = new MediaQuery("prefers-color-scheme: dark");
  readonly #reducedMotion = new MediaQuery("prefers-reduced-motion: reduce");

  readonly shownTheme: "light" | "dark" = $derived(
    this.theme === "system" ? (this.#systemDark.current ? "dark" : "light") : this.theme,
  );

  constructor() {
    Object.assign(this, read());
  }

  get reducedMotion(): boolean {
    return this.#reducedMotion.current;
  }

  /** Milliseconds for a movement of the view; none when the user asked for less motion. */
  get moveMs(): number {
    return this.reducedMotion ? 0 : 220;
  }

  /** Call inside an effect: writes whenever a choice changes. */
  keep(): void {
    const kept: Kept = {
      theme: this.theme,
      snap: this.snap,
      minimap: this.minimap,
      interfaceLabels: this.interfaceLabels,
      palette: this.palette,
      inspector: this.inspector,
      dockHeight: this.dockHeight,
      inspectorWidth: this.inspectorWidth,
      terminalFontSize: this.terminalFontSize,
    };
    try {
      localStorage.setItem(STORE_KEY, JSON.stringify(kept));
    } catch {
      // Storage may be refused (private windows); the choices then last as long as the window.
    }
  }
}

type Kept = Pick<
  Preferences,
  | "theme"
  | "snap"
  | "minimap"
  | "interfaceLabels"
  | "palette"
  | "inspector"
  | "dockHeight"
  | "inspectorWidth"
  | "terminalFontSize"
>;

function read(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(STORE_KEY) ?? "{}") as Partial<Kept>;
  } catch {
    return {};
  }
}
