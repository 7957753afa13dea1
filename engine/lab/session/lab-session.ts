/** The session contract, fulfilled by a lab in the same thread. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type {
  AdvanceOptions,
  AdvanceReport,
  CableInspection,
  ClockState,
  Edit,
  EditResult,
  FollowedPackets,
  HistoryState,
  ImageInfo,
  ItemRef,
  Journey,
  LabView,
  NodeInspection,
  Notice,
  Outcome,
  Problem,
  Session,
  TemplateInfo,
  TerminalTab,
} from "../../session.ts";
import { EditError, type Command } from "../edits/command.ts";
import { History } from "../edits/history.ts";
import { makeCommand } from "../edits/make-command.ts";
import { printLab } from "../file/print.ts";
import type { Lab } from "../lab.ts";
import type { LabNode } from "../model/lab-node.ts";
import { loadLab } from "../load.ts";
import { empty } from "../templates/empty.ts";
import { findTemplate, templateInfos } from "../templates/infos.ts";
import { imageInfos } from "./containers.ts";
import { inspectCable } from "./inspect-cable.ts";
import { inspectNode } from "./inspect-node.ts";
import { LiveNews } from "./live-news.ts";
import { Commands } from "./commands.ts";
import { Connections } from "./connections.ts";
import { Following } from "./following.ts";
import { Terminals } from "./terminals.ts";
import { Viewer } from "./view.ts";
import { Watchdog } from "./watchdog.ts";

/** Everything that belongs to the lab that is open, and goes with it. */
interface OpenLab {
  readonly lab: Lab;
  readonly history: History;
  readonly viewer: Viewer;
  readonly news: LiveNews;
  readonly terminals: Terminals;
  readonly commands: Commands;
  readonly connections: Connections;
  readonly following: Following;
  readonly watchdog: Watchdog;
}

export class LabSession implements Session {
  private current: OpenLab;
  private notices: Notice[] = [];
  /** The host is to be told that the drawing changed. */
  private viewChanged = false;
  private toldDirty = false;

  /** Begins with an empty lab, unless it is given one. */
  constructor(lab: Lab = mustLoad(empty.yaml)) {
    this.current = this.install(lab);
  }

  /** The lab that is open. */
  get lab(): Lab {
    return this.current.lab;
  }

  // ---------------------------------------------------------------- files

  open(text: string): Outcome<LabView> {
    const loaded = loadLab(text);
    if (!loaded.ok) return loaded;
    this.close();
    this.current = this.install(loaded.value);
    return { ok: true, value: this.view() };
  }

  newLab(): LabView {
    this.close();
    this.current = this.install(mustLoad(empty.yaml));
    return this.view();
  }

  save(): string {
    return printLab(this.current.lab.file());
  }

  markSaved(): void {
    this.current.history.markSaved();
    this.current.news.markSaved();
    this.viewChanged = true;
  }

  templates(): readonly TemplateInfo[] {
    return templateInfos();
  }

  openTemplate(id: string): Outcome<LabView> {
    const template = findTemplate(id);
    return template ? this.open(template.yaml) : refuse(`there is no template "${id}"`);
  }

  private install(lab: Lab): OpenLab {
    const viewer = new Viewer(lab);
    const news = new LiveNews(lab, viewer);
    this.viewChanged = true;
    return {
      lab,
      history: new History(),
      viewer,
      news,
      terminals: new Terminals(),
      commands: new Commands((notice) => this.notices.push(notice)),
      connections: new Connections(),
      following: new Following(lab),
      watchdog: new Watchdog(lab, (notice) => this.notices.push(notice)),
    };
  }

  private close(): void {
    const { terminals, connections, following, watchdog, news } = this.current;
    terminals.closeAll();
    connections.closeAll();
    following.stop();
    watchdog.stop();
    news.stop();
  }

  // ---------------------------------------------------------------- drawing and editing

  view(): LabView {
    return this.current.viewer.view();
  }

  edit(edit: Edit): Outcome<EditResult> {
    const { lab, history } = this.current;
    return this.attempt(() => {
      const command: Command = makeCommand(lab, edit);
      return { created: history.run(command) };
    });
  }

  undo(): HistoryState {
    this.attempt(() => this.current.history.undo());
    return this.current.history.state;
  }

  redo(): HistoryState {
    this.attempt(() => this.current.history.redo());
    return this.current.history.state;
  }

  copy(items: readonly ItemRef[]): string {
    return printLab(this.current.lab.excerpt(items));
  }

  setTerminalTabs(tabs: readonly TerminalTab[]): void {
    const { lab } = this.current;
    lab.terminals = tabs.filter((tab) => lab.hasNode(tab.node));
  }

  private attempt<T>(act: () => T): Outcome<T> {
    this.viewChanged = true;
    try {
      return { ok: true, value: act() };
    } catch (error) {
      if (error instanceof EditError) return refuse(error.message);
      if (error instanceof KernelError) {
        return refuse(`the kernel refuses: ${error.extack ?? strerror(error.errno)}`);
      }
      throw error;
    }
  }

  // ---------------------------------------------------------------- terminals

  openTerminal(
    name: string,
    size: { readonly columns: number; readonly rows: number },
    command?: string,
  ): Outcome<string> {
    const { terminals } = this.current;
    return this.attempt(() => terminals.openOn(this.nodeThatIsOn(name), size, command));
  }

  private nodeThatIsOn(name: string): LabNode {
    const node = this.current.lab.node(name);
    if (!node.isOn) throw new EditError(`${name} is switched off`);
    return node;
  }

  terminalInput(terminal: string, data: string): void {
    this.current.terminals.input(terminal, data);
  }

  terminalResize(terminal: string, columns: number, rows: number): void {
    this.current.terminals.resize(terminal, columns, rows);
  }

  closeTerminal(terminal: string): void {
    this.current.terminals.close(terminal);
  }

  // ---------------------------------------------------------------- commands

  runCommand(name: string, commandLine: string): Outcome<string> {
    const { commands } = this.current;
    return this.attempt(() => commands.run(this.nodeThatIsOn(name), commandLine));
  }

  openDockerConnection(name: string): Outcome<string> {
    const { connections } = this.current;
    return this.attempt(() => connections.open(this.nodeThatIsOn(name)));
  }

  connectionInput(connection: string, data: Uint8Array): number {
    return this.current.connections.input(connection, data);
  }

  endConnectionInput(connection: string): void {
    this.current.connections.endInput(connection);
  }

  holdConnection(connection: string, held: boolean): void {
    this.current.connections.hold(connection, held);
  }

  closeConnection(connection: string): void {
    this.current.connections.close(connection);
  }

  images(): readonly ImageInfo[] {
    return imageInfos(this.lab);
  }

  // ---------------------------------------------------------------- inspection

  inspectNode(name: string): NodeInspection | undefined {
    const { lab } = this.current;
    return lab.hasNode(name) ? inspectNode(lab, lab.node(name)) : undefined;
  }

  inspectCable(id: string): CableInspection | undefined {
    const { lab } = this.current;
    return lab.has({ kind: "cable", id }) ? inspectCable(lab.cable(id)) : undefined;
  }

  clearCableStatistics(id: string): void {
    const { lab } = this.current;
    if (lab.has({ kind: "cable", id })) lab.cable(id).wire.clearStatistics();
  }

  // ---------------------------------------------------------------- packets

  followPackets(filter: string): Outcome<undefined> {
    return this.current.following.start(filter);
  }

  stopFollowing(): void {
    this.current.following.stop();
  }

  followed(): FollowedPackets {
    return this.current.following.list();
  }

  journey(packet: number): Journey | undefined {
    return this.current.following.journey(packet);
  }

  // ---------------------------------------------------------------- the clock

  clock(): ClockState {
    const { sim } = this.current.lab;
    return {
      nowNs: sim.nowNs,
      running: false,
      speed: 1,
      pendingEvents: sim.pendingEvents,
      eventsRun: sim.eventsRun,
    };
  }

  advance({ untilNs, maxEvents }: AdvanceOptions): AdvanceReport {
    const { lab, watchdog } = this.current;
    const { sim } = lab;
    const before = sim.eventsRun;
    const run = (): boolean => sim.advanceTo(untilNs, maxEvents - (sim.eventsRun - before)).reached;
    let reached = this.guarded(run);
    while (reached === undefined && sim.eventsRun - before < maxEvents) reached = this.guarded(run);
    watchdog.look();
    const nextEventNs = sim.nextEventNs();
    return {
      nowNs: sim.nowNs,
      reached: reached ?? false,
      eventsRun: sim.eventsRun - before,
      idle: nextEventNs === undefined,
      ...(nextEventNs === undefined ? {} : { nextEventNs }),
    };
  }

  step(): boolean {
    const { lab, watchdog } = this.current;
    const ran = this.guarded(() => lab.sim.step()) ?? true;
    watchdog.look();
    return ran;
  }

  /**
   * A mistake of ours in one event must not take the lab away from its user: it is told, and the
   * lab goes on with the next event. Undefined: the event was given up.
   */
  private guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      // The last one is enough, however many events fail.
      this.notices = this.notices.filter((notice) => !("id" in notice && notice.id === "fault"));
      this.notices.push({
        kind: "warning",
        id: "fault",
        title: "Podwire made a mistake",
        detail: `Something was not emulated as it should be: ${detail}`,
        nodes: [],
      });
      return undefined;
    }
  }

  // ---------------------------------------------------------------- notices

  takeNotices(): readonly Notice[] {
    const { history, news, terminals, connections, following } = this.current;
    following.look();
    const dirty = history.isDirty || news.isDirty;
    if (this.viewChanged || dirty !== this.toldDirty) {
      this.notices.push({ kind: "view", dirty, history: history.state });
      this.viewChanged = false;
      this.toldDirty = dirty;
    }
    const live = news.take();
    if (live) this.notices.push(live);
    this.notices.push(...terminals.takeNotices(), ...connections.takeNotices());
    const taken = this.notices;
    this.notices = [];
    return taken;
  }
}

function refuse(message: string): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ message }] };
}

function mustLoad(text: string): Lab {
  const loaded = loadLab(text);
  if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join("; "));
  return loaded.value;
}
