import type { LabView, Outcome, TemplateInfo } from "../../engine/session.ts";
import type { Host, LabFiles, OpenedFile, RecentLab } from "../host/host.ts";
import type { Dialogs } from "./dialogs.svelte.ts";
import type { Lab } from "./lab.svelte.ts";
import type { Toasts } from "./toasts.svelte.ts";

export type Recovery = NonNullable<Awaited<ReturnType<LabFiles["readRecovery"]>>>;

/** From the first change to the copy kept against a crash, milliseconds. */
const RECOVERY_DELAY_MS = 3000;

/** The lab as a file: where it is kept, whether it is saved, and what was open before. */
export class Files {
  /** The start page or the lab. */
  stage = $state<"starting" | "welcome" | "lab">("starting");
  fileId = $state<string | undefined>();
  recent = $state.raw<readonly RecentLab[]>([]);
  templates = $state.raw<readonly TemplateInfo[]>([]);
  recovery = $state.raw<Recovery | undefined>();
  /** What the user is waiting for, in words. */
  busy = $state<string | undefined>();
  /** The lab was brought back after a crash and is not in its file yet. */
  #recovered = $state(false);
  readonly unsaved: boolean = $derived.by(() => this.lab.dirty || this.#recovered);

  #recoveryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly lab: Lab,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
    /** A lab has been opened: terminals, selection and view start afresh. */
    private readonly onOpened: (view: LabView) => void,
  ) {}

  async start(): Promise<void> {
    const { session, files } = this.host;
    const [view, templates, recent, recovery] = await Promise.all([
      session.view(),
      session.templates(),
      files.recent(),
      files.readRecovery(),
    ]);
    this.templates = templates;
    this.recent = recent;
    this.recovery = recovery;
    if (this.stage !== "starting") return;
    // The window may have been reloaded while the engine kept its lab.
    const kept = view.nodes.length + view.notes.length > 0;
    if (kept) this.#adopt(view, undefined);
    else this.stage = "welcome";
  }

  async newLab(): Promise<void> {
    if (!(await this.guard())) return;
    this.#adopt(await this.host.session.newLab(), undefined);
  }

  async openTemplate(id: string): Promise<void> {
    if (!(await this.guard())) return;
    await this.#load("Opening the template", undefined, () => this.host.session.openTemplate(id));
  }

  async open(): Promise<void> {
    if (!(await this.guard())) return;
    const file = await this.#try("open the file", () => this.host.files.open());
    if (file !== undefined) await this.#loadFile(file);
  }

  async openRecent(id: string): Promise<void> {
    if (!(await this.guard())) return;
    const file = await this.#try("open the lab", () => this.host.files.openRecent(id));
    if (file === undefined) {
      await this.host.files.forgetRecent(id);
      this.recent = await this.host.files.recent();
      this.toasts.error("This lab is no longer there", "It has been taken off the list.");
      return;
    }
    await this.#loadFile(file);
  }

  /** The system handed a file over. */
  async openGiven(file: OpenedFile): Promise<void> {
    if (await this.guard()) await this.#loadFile(file);
  }

  async forgetRecent(id: string): Promise<void> {
    await this.host.files.forgetRecent(id);
    this.recent = await this.host.files.recent();
  }

  async recover(): Promise<void> {
    const { recovery } = this;
    if (recovery === undefined || !(await this.guard())) return;
    const open = () => this.host.session.open(recovery.text);
    if (await this.#load("Recovering your work", recovery.fileId, open)) {
      this.#recovered = true;
      this.recovery = undefined;
    }
  }

  async dropRecovery(): Promise<void> {
    this.recovery = undefined;
    await this.host.files.clearRecovery();
  }

  /** False: it was not saved. */
  async save(): Promise<boolean> {
    const id = this.fileId;
    if (id === undefined) return this.saveAs();
    const text = await this.host.session.save();
    const saved = await this.#try("save the lab", async () => {
      await this.host.files.save(id, text);
      return true;
    });
    if (saved) await this.#saved();
    return saved ?? false;
  }

  async saveAs(): Promise<boolean> {
    const text = await this.host.session.save();
    const file = await this.#try("save the lab", () =>
      this.host.files.saveAs(this.suggestedName, text),
    );
    if (file === undefined) return false;
    this.fileId = file.id;
    await this.#saved();
    return true;
  }

  async exportCopy(): Promise<void> {
    const text = await this.host.session.save();
    await this.#try("export the lab", () => this.host.files.exportCopy(this.suggestedName, text));
  }

  get suggestedName(): string {
    return this.lab.view.name.trim() || "Untitled lab";
  }

  /** Asks before unsaved work is lost. False: the user would rather stay. */
  async guard(): Promise<boolean> {
    if (!this.unsaved) return true;
    const answer = await this.dialogs.ask(
      `Save the changes to “${this.suggestedName}”?`,
      "Your changes are lost if you don’t save them.",
      [
        { id: "discard", label: "Don’t save", look: "danger" },
        { id: "cancel", label: "Cancel", look: "plain" },
        { id: "save", label: "Save", look: "primary" },
      ],
    );
    if (answer === "save") return this.save();
    return answer === "discard";
  }

  /** There may be something to keep against a crash. */
  noticeChange(): void {
    if (this.stage !== "lab" || !this.unsaved) return;
    this.#recoveryTimer ??= setTimeout(() => void this.#writeRecovery(), RECOVERY_DELAY_MS);
  }

  async #writeRecovery(): Promise<void> {
    this.#recoveryTimer = undefined;
    if (!this.unsaved) return;
    const text = await this.host.session.save();
    const place = this.fileId === undefined ? {} : { fileId: this.fileId };
    await this.host.files.writeRecovery({ ...place, name: this.suggestedName, text });
  }

  async #saved(): Promise<void> {
    await this.host.session.markSaved();
    this.lab.dirty = false;
    await this.#nothingToRecover();
    this.recent = await this.host.files.recent();
    this.toasts.show({ tone: "good", title: "Saved" });
  }

  async #loadFile(file: OpenedFile): Promise<void> {
    const open = () => this.host.session.open(file.text);
    await this.#load(`Opening ${file.name}`, file.id, open, file.name);
    this.recent = await this.host.files.recent();
  }

  async #load(
    what: string,
    fileId: string | undefined,
    open: () => Promise<Outcome<LabView>>,
    fileName = "The lab",
  ): Promise<boolean> {
    this.busy = what;
    try {
      const outcome = await open();
      if (outcome.ok) {
        this.#adopt(outcome.value, fileId);
        await this.#nothingToRecover();
        return true;
      }
      this.dialogs.open({
        kind: "problems",
        title: `${fileName} can’t be opened`,
        text: "Nothing has changed: the lab that was open is still here.",
        problems: outcome.problems,
      });
      return false;
    } finally {
      this.busy = undefined;
    }
  }

  #adopt(view: LabView, fileId: string | undefined): void {
    this.fileId = fileId;
    this.#recovered = false;
    this.stage = "lab";
    this.lab.dirty = false;
    this.lab.adopt(view);
    this.onOpened(view);
  }

  async #nothingToRecover(): Promise<void> {
    this.#recovered = false;
    clearTimeout(this.#recoveryTimer);
    this.#recoveryTimer = undefined;
    // What a crash left behind stays on offer until it is taken or refused.
    if (this.recovery === undefined) await this.host.files.clearRecovery();
  }

  async #try<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.toasts.error(`Couldn’t ${what}`, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
