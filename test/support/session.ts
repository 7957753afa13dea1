/** A session as a host drives it, for tests: edits, terminals with a keyboard, the clock. */
import { expect } from "vitest";
import { createSession } from "../../engine/create-session.ts";
import type {
  CableView,
  Edit,
  ItemRef,
  LabView,
  NodeView,
  Notice,
  Outcome,
  Session,
} from "../../engine/session.ts";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";
import { seconds } from "../../engine/sim/clock.ts";

const EVENT_LIMIT = 5_000_000;

/** ECMA-48 §5.4: CSI, parameters, a final letter. */

const CONTROL_SEQUENCE = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** What a shell shows when it waits for a command. */
const PROMPT = /root@[\w.-]+:[^\n]*# $/;

export class TestSession {
  readonly session: Session = createSession();
  /** All that were given, in order. */
  readonly notices: Notice[] = [];
  private readonly screens = new Map<string, string>();

  static open(yaml: string): TestSession {
    const test = new TestSession();
    value(test.session.open(yaml));
    test.pass(0.5);
    return test;
  }

  get view(): LabView {
    return this.session.view();
  }

  /** Makes an edit that must succeed; answers with what it made. */
  edit(edit: Edit): readonly ItemRef[] {
    return value(this.session.edit(edit)).created;
  }

  /** Makes an edit that must be refused; answers why. */
  refused(edit: Edit): string {
    const outcome = this.session.edit(edit);
    if (outcome.ok) throw new Error(`${edit.kind} was not refused`);
    return outcome.problems.map((problem) => problem.message).join("\n");
  }

  node(name: string): NodeView {
    const found = this.view.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`there is no node ${name}`);
    return found;
  }

  /** The first cable between two nodes. */
  cable(one: string, other: string): CableView {
    const found = this.view.cables.find(({ ends }) => {
      const nodes = ends.map((end) => end.node);
      return nodes.includes(one) && nodes.includes(other);
    });
    if (!found) throw new Error(`there is no cable between ${one} and ${other}`);
    return found;
  }

  /** Lets lab time pass. */
  pass(durationSeconds: number): void {
    const { nowNs } = this.session.clock();
    const { reached } = this.session.advance({
      untilNs: nowNs + seconds(durationSeconds),
      maxEvents: EVENT_LIMIT,
    });
    expect(reached, "too much happened").toBe(true);
    this.listen();
  }

  /** Takes the notices; terminals' screens follow them. */
  listen(): readonly Notice[] {
    const fresh = this.session.takeNotices();
    this.notices.push(...fresh);
    for (const notice of fresh) {
      if (notice.kind !== "terminal-output") continue;
      const before = this.screens.get(notice.terminal) ?? "";
      this.screens.set(notice.terminal, before + decodeUtf8(notice.data));
    }
    return fresh;
  }

  terminal(node: string): TestTerminal {
    const id = value(this.session.openTerminal(node, { columns: 80, rows: 24 }));
    const terminal = new TestTerminal(this, id);
    terminal.waitsForPrompt();
    return terminal;
  }

  /** Everything that a terminal was sent, without control sequences. */
  screen(terminal: string): string {
    return (this.screens.get(terminal) ?? "")
      .replaceAll(CONTROL_SEQUENCE, "")
      .replaceAll(/\r+\n/g, "\n")
      .replaceAll("\r", "");
  }
}

export class TestTerminal {
  constructor(
    private readonly test: TestSession,
    readonly id: string,
  ) {}

  get screen(): string {
    return this.test.screen(this.id);
  }

  /** Keystrokes, as a keyboard sends them: `\r` is Enter, `\x03` Ctrl-C. */
  press(keys: string): void {
    this.test.session.terminalInput(this.id, keys);
    this.test.pass(0);
  }

  /** A line and Enter; lets time pass until the prompt is back. Answers with what was printed. */
  types(line: string, limitSeconds = 60): string {
    const before = this.screen.length;
    this.press(`${line}\r`);
    this.waitsForPrompt(limitSeconds, before + line.length + 1);
    const lines = this.screen.slice(before).split("\n");
    return lines
      .slice(1, -1)
      .map((text) => `${text}\n`)
      .join("");
  }

  /** `after`: how much of the screen was there before. */
  waitsForPrompt(limitSeconds = 60, after = 0): void {
    for (let waited = 0; waited < limitSeconds; waited += 0.1) {
      this.test.pass(0.1);
      if (this.screen.length > after && PROMPT.test(this.screen)) return;
    }
    throw new Error(`no prompt after ${limitSeconds} s:\n${this.screen}`);
  }
}

/** What an outcome holds; a refusal is an error. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems, null, 2));
  return outcome.value;
}
