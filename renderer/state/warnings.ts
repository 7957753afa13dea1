import type { Notice } from "../../engine/session.ts";

export type Warning = Notice & { readonly kind: "warning" };

/** Warnings of one kind, shown as one: a storm is noticed on every cable and bridge of its loop. */
export interface WarningGroup {
  readonly title: string;
  readonly detail: string;
  /** Machines concerned, each once. */
  readonly nodes: readonly string[];
}

/** The warnings that hold at the moment. */
export class Warnings {
  #standing: readonly Warning[] = [];

  /** The group that the new warning belongs to. */
  add(warning: Warning): WarningGroup {
    this.#standing = [...this.#standing.filter(({ id }) => id !== warning.id), warning];
    return this.#group(warning.title) ?? warning;
  }

  /** The title of the warning that is over and what is left of its group. */
  end(id: string): { readonly title: string; readonly left?: WarningGroup } | undefined {
    const ended = this.#standing.find((warning) => warning.id === id);
    if (ended === undefined) return undefined;
    this.#standing = this.#standing.filter((warning) => warning.id !== id);
    const left = this.#group(ended.title);
    return left === undefined ? { title: ended.title } : { title: ended.title, left };
  }

  clear(): void {
    this.#standing = [];
  }

  #group(title: string): WarningGroup | undefined {
    const [first, ...more] = this.#standing.filter((warning) => warning.title === title);
    if (first === undefined) return undefined;
    const places = more.length === 1 ? "another place" : `${more.length} other places`;
    return {
      title,
      detail: more.length === 0 ? first.detail : `${first.detail}\nThe same at ${places}.`,
      nodes: [...new Set([first, ...more].flatMap(({ nodes }) => nodes))],
    };
  }
}
