import { createContext } from "svelte";
import type { LabView, Notice, Problem } from "../../engine/session.ts";
import { actionById } from "../actions/registry.ts";
import { windowOwnsKey } from "../actions/keys.ts";
import type { Host, HostEvent } from "../host/host.ts";
import { Screen } from "../terminal/screen.ts";
import { Canvas } from "./canvas.svelte.ts";
import { Clipboard } from "./clipboard.ts";
import { Clock } from "./clock.svelte.ts";
import { Commands } from "./commands.svelte.ts";
import { ServedEngines } from "./docker-api.svelte.ts";
import { Dialogs } from "./dialogs.svelte.ts";
import { Files } from "./files.svelte.ts";
import { Images } from "./images.svelte.ts";
import { Inspection } from "./inspection.svelte.ts";
import { Lab } from "./lab.svelte.ts";
import { Menus } from "./menus.svelte.ts";
import { Packets } from "./packets.svelte.ts";
import { Preferences } from "./preferences.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { Terminals } from "./terminals.svelte.ts";
import { Toasts } from "./toasts.svelte.ts";
import { type WarningGroup, Warnings } from "./warnings.ts";

/** Everything the components share; made once per window. */
export class App {
  readonly preferences = new Preferences();
  readonly toasts = new Toasts();
  readonly dialogs = new Dialogs();
  readonly menus = new Menus();
  readonly selection = new Selection();
  readonly clipboard = new Clipboard();
  readonly lab: Lab;
  readonly clock: Clock;
  readonly canvas: Canvas;
  readonly terminals: Terminals;
  readonly commands: Commands;
  readonly images: Images;
  readonly servedEngines: ServedEngines;
  readonly inspection: Inspection;
  readonly packets: Packets;
  readonly files: Files;
  readonly #warnings = new Warnings();

  constructor(readonly host: Host) {
    const refuse = (problems: readonly Problem[]) => this.#refuse(problems);
    this.lab = new Lab(host.session, refuse);
    this.clock = new Clock(host.pacer);
    this.canvas = new Canvas(this.lab, this.selection);
    this.inspection = new Inspection(host.session);
    this.packets = new Packets(host.session, () => this.lab.nodes);
    this.commands = new Commands(host.session, this.toasts, refuse);
    this.images = new Images(host.session);
    this.servedEngines = new ServedEngines(host.dockerApi, this.toasts, this.clipboard);
    this.terminals = new Terminals({
      session: host.session,
      refuse,
      reveal: () => (this.preferences.dock = true),
      showNode: (node) => this.canvas.viewport?.reveal(node),
      makeScreen: (onInput, onResize) =>
        new Screen({
          theme: this.preferences.shownTheme,
          fontSize: this.preferences.terminalFontSize,
          onInput,
          onResize,
          onLink: (url) => host.openExternal(url),
          isWindowKey: (event) => windowOwnsKey(this, event),
        }),
    });
    this.files = new Files(host, this.lab, this.dialogs, this.toasts, (view) =>
      this.#labOpened(view),
    );
  }

  /** Listens to the host; the answer stops listening. */
  start(): () => void {
    const stops = [
      this.host.onNotices((notices) => notices.forEach((notice) => this.#notice(notice))),
      this.host.onClock((state) => {
        this.clock.state = state;
        this.packets.noticeClock();
      }),
      this.host.onEvent((event) => this.#hostEvent(event)),
      this.host.onEngineFailure((message) => void this.#engineFailed(message)),
    ];
    void this.host.session.clock().then((state) => (this.clock.state = state));
    void this.files.start();
    return () => stops.forEach((stop) => stop());
  }

  run(actionId: string): void {
    const action = actionById(actionId);
    if (action === undefined || action.enabled?.(this) === false) return;
    void action.run(this);
  }

  #labOpened(view: LabView): void {
    this.canvas.renaming = undefined;
    this.canvas.sync(view);
    this.canvas.select([]);
    this.#warnings.clear();
    for (const toast of this.toasts.list) if (toast.sticky) this.toasts.close(toast.id);
    void this.images.fetch();
    this.commands.forgetAll();
    this.servedEngines.forgetAll();
    this.packets.forgetAll();
    void this.terminals.restore(view.terminals);
    requestAnimationFrame(() => this.canvas.viewport?.fit());
  }

  #notice(notice: Notice): void {
    switch (notice.kind) {
      case "view":
        this.lab.noticeView(notice.dirty, notice.history);
        this.files.noticeChange();
        return;
      case "live":
        this.lab.noticeLive();
        this.inspection.noticeLive(notice.nodes, notice.cables);
        return;
      case "terminal-output":
        this.terminals.noticeOutput(notice.terminal, notice.data);
        return;
      case "terminal-closed":
        this.terminals.noticeClosed(notice.terminal, notice.exitCode);
        return;
      case "connection-output":
      case "connection-closed":
        // The desktop's own: the window shows nothing of them.
        return;
      case "command-ended":
        this.commands.noticeEnded(notice);
        return;
      case "warning":
        this.#warn(this.#warnings.add(notice));
        return;
      case "warning-over":
        this.#warningOver(notice.id);
        return;
    }
  }

  #warn({ title, detail, nodes }: WarningGroup): void {
    const show = () => {
      this.canvas.select(nodes.map((node) => ({ kind: "node", id: node })));
      this.canvas.viewport?.fitItems(nodes);
    };
    this.toasts.show({
      id: `warning: ${title}`,
      tone: "warn",
      title,
      detail,
      sticky: true,
      buttons: [
        { label: "Pause", run: () => void this.clock.pause() },
        ...(nodes.length > 0 ? [{ label: "Show", run: show }] : []),
      ],
    });
  }

  #warningOver(id: string): void {
    const over = this.#warnings.end(id);
    if (over === undefined) return;
    if (over.left === undefined) this.toasts.close(`warning: ${over.title}`);
    else this.#warn(over.left);
  }

  #hostEvent(event: HostEvent): void {
    if (event.kind === "command") this.run(event.id);
    else void this.files.openGiven(event.file);
  }

  async #engineFailed(message: string): Promise<void> {
    await this.dialogs.ask(
      "The engine has stopped",
      `${message} Your work was kept for recovery; reload to bring it back.`,
      [{ id: "reload", label: "Reload", look: "primary" }],
    );
    location.reload();
  }

  #refuse(problems: readonly Problem[]): void {
    const [first, ...more] = problems;
    if (first === undefined) return;
    this.toasts.error(first.message, more.map(({ message }) => message).join("\n") || undefined);
  }
}

export const [getApp, setApp] = createContext<App>();
