/** Side-by-side panes, each with its tabs. Pure: every function gives the next arrangement. */
export interface Pane {
  readonly id: number;
  readonly tabs: readonly string[];
  /** The tab in front; undefined only when there is none. */
  readonly front: string | undefined;
}

export interface Panes {
  readonly list: readonly Pane[];
  /** Id of the pane that new tabs go to. */
  readonly active: number;
}

const PANES_LIMIT = 4;

const EMPTY_PANE: Pane = { id: 1, tabs: [], front: undefined };

export const NO_PANES: Panes = { list: [EMPTY_PANE], active: EMPTY_PANE.id };

function paneOf(panes: Panes, tab: string): Pane | undefined {
  return panes.list.find(({ tabs }) => tabs.includes(tab));
}

export function activePane(panes: Panes): Pane {
  return panes.list.find(({ id }) => id === panes.active) ?? EMPTY_PANE;
}

export function addTab(panes: Panes, tab: string): Panes {
  return insert(panes, tab, activePane(panes).id, Infinity);
}

export function bringToFront(panes: Panes, tab: string): Panes {
  const pane = paneOf(panes, tab);
  if (pane === undefined) return panes;
  return { list: change(panes.list, pane.id, { front: tab }), active: pane.id };
}

export function removeTab(panes: Panes, tab: string): Panes {
  const pane = paneOf(panes, tab);
  if (pane === undefined) return panes;
  const at = pane.tabs.indexOf(tab);
  const tabs = pane.tabs.filter((other) => other !== tab);
  const front = pane.front === tab ? (tabs[at] ?? tabs.at(-1)) : pane.front;
  return tidy({ list: change(panes.list, pane.id, { tabs, front }), active: panes.active });
}

/** Puts the tab before the one at `index` of that pane. */
export function moveTab(panes: Panes, tab: string, pane: number, index: number): Panes {
  const source = paneOf(panes, tab);
  const shift = source?.id === pane && source.tabs.indexOf(tab) < index ? 1 : 0;
  return tidy(insert(without(panes, tab), tab, pane, index - shift));
}

/** The front tab moves into a new pane on the right; alone in its pane, it stays. */
export function splitOff(panes: Panes, tab: string): Panes {
  const pane = paneOf(panes, tab);
  if (pane === undefined || !canSplit(panes, tab)) return panes;
  const left = removeTab(panes, tab);
  const id = Math.max(...panes.list.map((other) => other.id)) + 1;
  const at = left.list.findIndex((other) => other.id === pane.id) + 1;
  const fresh: Pane = { id, tabs: [tab], front: tab };
  return { list: left.list.toSpliced(at, 0, fresh), active: id };
}

export function canSplit(panes: Panes, tab: string): boolean {
  return panes.list.length < PANES_LIMIT && (paneOf(panes, tab)?.tabs.length ?? 0) > 1;
}

/** All tabs, pane by pane. */
export function allTabs(panes: Panes): readonly string[] {
  return panes.list.flatMap(({ tabs }) => tabs);
}

function insert(panes: Panes, tab: string, pane: number, index: number): Panes {
  const target = panes.list.find(({ id }) => id === pane) ?? activePane(panes);
  const tabs = target.tabs.toSpliced(Math.min(index, target.tabs.length), 0, tab);
  return { list: change(panes.list, target.id, { tabs, front: tab }), active: target.id };
}

function without(panes: Panes, tab: string): Panes {
  const list = panes.list.map((pane) => {
    const tabs = pane.tabs.filter((other) => other !== tab);
    return { ...pane, tabs, front: pane.front === tab ? tabs.at(-1) : pane.front };
  });
  return { list, active: panes.active };
}

/** An empty pane goes; when none is left, there is one without tabs. */
function tidy(panes: Panes): Panes {
  const list = panes.list.filter(({ tabs }) => tabs.length > 0);
  const last = list.at(-1);
  if (last === undefined) return NO_PANES;
  return { list, active: list.some(({ id }) => id === panes.active) ? panes.active : last.id };
}

function change(list: readonly Pane[], id: number, part: Partial<Pane>): readonly Pane[] {
  return list.map((pane) => (pane.id === id ? { ...pane, ...part } : pane));
}
