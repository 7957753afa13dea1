export type ToastTone = "info" | "good" | "bad" | "warn";

export interface ToastButton {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: string;
  readonly tone: ToastTone;
  readonly title: string;
  readonly detail?: string;
  readonly buttons: readonly ToastButton[];
  /** Stays until it is closed. */
  readonly sticky: boolean;
}

const SHOWN_MS = 5000;
const SHOWN_AT_ONCE = 5;

/** Short messages in the corner. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #counter = 0;

  show(toast: Partial<Toast> & { readonly title: string }): void {
    const id = toast.id ?? `toast-${++this.#counter}`;
    const full: Toast = { tone: "info", buttons: [], sticky: false, ...toast, id };
    this.list = [...this.list.filter((other) => other.id !== id), full].slice(-SHOWN_AT_ONCE);
    if (!full.sticky) setTimeout(() => this.close(id), SHOWN_MS);
  }

  error(title: string, detail?: string): void {
    this.show({ tone: "bad", title, ...(detail === undefined ? {} : { detail }) });
  }

  close(id: string): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
