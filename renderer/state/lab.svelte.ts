import type {
  CableView,
  Edit,
  EditResult,
  HistoryState,
  LabView,
  NodeView,
  Problem,
} from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";
import { Coalesced } from "./coalesce.ts";
import { keyed } from "./maps.ts";
import { same } from "./same.ts";

const EMPTY: LabView = {
  name: "",
  description: "",
  nodes: [],
  cables: [],
  notes: [],
  groups: [],
  terminals: [],
};

/** Between two fetches of the drawing that only live state asked for, milliseconds. */
const LIVE_GAP_MS = 200;

/** The lab as last told by the session, and the way to change it. */
export class Lab {
  view = $state.raw<LabView>(EMPTY);
  dirty = $state(false);
  history = $state.raw<HistoryState>({});

  readonly nodes: ReadonlyMap<string, NodeView> = $derived(
    keyed(this.view.nodes, ({ name }) => name),
  );
  readonly cables: ReadonlyMap<string, CableView> = $derived(
    keyed(this.view.cables, ({ id }) => id),
  );

  readonly #fetch: Coalesced;

  constructor(
    private readonly session: RemoteSession,
    private readonly refuse: (problems: readonly Problem[]) => void,
  ) {
    this.#fetch = new Coalesced(async () => this.adopt(await session.view()), LIVE_GAP_MS);
  }

  /** The drawing or its marks changed. */
  noticeView(dirty: boolean, history: HistoryState): void {
    this.dirty = dirty;
    this.history = history;
    this.#fetch.request(true);
  }

  /** Link lights or addresses changed. */
  noticeLive(): void {
    this.#fetch.request();
  }

  /** Keeps the parts that did not change, so that only what changed is drawn again. */
  adopt(next: LabView): void {
    const old = this.view;
    this.view = {
      ...next,
      nodes: reuse(old.nodes, next.nodes, (node) => node.name),
      cables: reuse(old.cables, next.cables, (cable) => cable.id),
      notes: reuse(old.notes, next.notes, (note) => note.id),
      groups: reuse(old.groups, next.groups, (group) => group.id),
    };
  }

  /** Undefined: the session refused, and the user has been told why. */
  async edit(edit: Edit): Promise<EditResult | undefined> {
    const outcome = await this.session.edit(edit);
    if (!outcome.ok) {
      this.refuse(outcome.problems);
      this.#fetch.request(true);
      return undefined;
    }
    this.adopt(await this.session.view());
    return outcome.value;
  }

  async undo(): Promise<void> {
    this.history = await this.session.undo();
    this.adopt(await this.session.view());
  }

  async redo(): Promise<void> {
    this.history = await this.session.redo();
    this.adopt(await this.session.view());
  }
}

function reuse<T>(old: readonly T[], next: readonly T[], key: (item: T) => string): readonly T[] {
  const before = keyed(old, key);
  const merged = next.map((item) => {
    const known = before.get(key(item));
    return known !== undefined && same(known, item) ? known : item;
  });
  const unchanged = merged.length === old.length && merged.every((item, i) => item === old[i]);
  return unchanged ? old : merged;
}
