import type { Notice, Problem } from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";
import { keyed, withEntry, withoutEntry } from "./maps.ts";
import type { Toasts } from "./toasts.svelte.ts";

type CommandEnded = Extract<Notice, { kind: "command-ended" }>;

interface Running {
  /** The session's name for it. */
  readonly id: string;
  readonly node: string;
  readonly commandLine: string;
}

const NONE = keyed<Running>([], ({ id }) => id);

/** The command lines that buttons and menus run on machines, and what became of them. */
export class Commands {
  running = $state.raw(NONE);
  /** A command may end before the answer to `runCommand` is here. */
  #early: readonly CommandEnded[] = [];
  #asking = 0;

  constructor(
    private readonly session: RemoteSession,
    private readonly toasts: Toasts,
    private readonly refuse: (problems: readonly Problem[]) => void,
  ) {}

  /** Resolves when the machine has taken the command; how it ends is told by a toast if badly. */
  async run(node: string, commandLine: string): Promise<void> {
    this.#asking += 1;
    const outcome = await this.session.runCommand(node, commandLine);
    this.#asking -= 1;
    if (!outcome.ok) {
      this.refuse(outcome.problems);
      return;
    }
    const id = outcome.value;
    this.running = withEntry(this.running, id, { id, node, commandLine });
    for (const ended of this.#early) this.noticeEnded(ended);
    if (this.#asking === 0) this.#early = [];
  }

  noticeEnded(ended: CommandEnded): void {
    const running = this.running.get(ended.command);
    if (running === undefined) {
      if (this.#asking > 0) this.#early = [...this.#early, ended];
      return;
    }
    this.running = withoutEntry(this.running, ended.command);
    if (ended.exitCode === 0) return;
    const said = ended.output.trim();
    this.toasts.error(
      `${running.commandLine}: exit code ${ended.exitCode}`,
      said === "" ? undefined : said,
    );
  }

  /** The lab is gone, and its commands with it. */
  forgetAll(): void {
    this.running = NONE;
    this.#early = [];
  }
}
