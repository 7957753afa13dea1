/** `--host H --command C` and `--script FILE`: what is typed on which machine. */
import { openLab, type HeadlessLab } from "../../engine/headless.ts";
import { Failure, UsageError } from "./failure.ts";
import { describeProblem, readText } from "./files.ts";
import type { Words } from "./words.ts";

export interface Order {
  readonly host: string;
  readonly command: string;
}

/** Collects the options and the lab's name that `run` and `trace` share. */
export class OrderReader {
  readonly orders: Order[] = [];
  private readonly labs: string[] = [];
  private host: string | undefined;

  /** Throws UsageError: it is an option that neither the caller nor this knows. */
  take(word: string, words: Words): void {
    switch (word) {
      case "--host":
        this.host = words.value(word);
        return;
      case "--command":
        if (this.host === undefined) throw new UsageError("--command needs a --host before it");
        this.orders.push({ host: this.host, command: words.value(word) });
        return;
      case "--script":
        this.orders.push(...parseScript(words.value(word)));
        return;
      default:
        if (word.startsWith("-") && word !== "-") throw new UsageError(`unknown option "${word}"`);
        this.labs.push(word);
    }
  }

  get lab(): string {
    const [lab, ...more] = this.labs;
    if (lab === undefined) throw new UsageError("expected a lab file");
    if (more.length > 0) throw new UsageError(`expected one lab file, not "${more[0]}" as well`);
    return lab;
  }
}

/** Switches a lab on that has the machines. */
export function openLabWith(path: string, hosts: readonly string[]): HeadlessLab {
  const opened = openLab(readText(path));
  if (!opened.ok) {
    throw new Failure(opened.problems.map((problem) => describeProblem(path, problem)).join("\n"));
  }
  const lab = opened.value;
  for (const host of hosts) {
    if (!lab.hosts.includes(host)) {
      throw new Failure(
        `there is no machine "${host}" in the lab; there is ${lab.hosts.join(", ")}`,
      );
    }
  }
  return lab;
}

/** `HOST: COMMAND`, one a line. */
function parseScript(path: string): Order[] {
  const orders: Order[] = [];
  readText(path)
    .split("\n")
    .forEach((line, index) => {
      if (/^\s*(#|$)/.test(line)) return;
      const match = /^\s*([^\s:]+):\s*(.+?)\s*$/.exec(line);
      if (!match) throw new Failure(`${path}:${index + 1}: expected "HOST: COMMAND"`);
      orders.push({ host: match[1] as string, command: match[2] as string });
    });
  return orders;
}
