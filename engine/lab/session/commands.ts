import type { Notice } from "../../session.ts";
import type { LabNode } from "../model/lab-node.ts";

/** Characters of a command's output that are told: its last words say what went wrong. */
const TOLD_CHARACTERS = 2000;

/** The command lines that a window runs beside its terminals. */
export class Commands {
  private lastId = 0;

  constructor(private readonly tell: (notice: Notice) => void) {}

  run(node: LabNode, commandLine: string): string {
    this.lastId += 1;
    const command = `command-${this.lastId}`;
    const run = node.machine.run(commandLine);
    run.onExit = (exitCode) => {
      const output = `${run.stdout}${run.stderr}`.slice(-TOLD_CHARACTERS);
      this.tell({ kind: "command-ended", command, exitCode, output });
    };
    return command;
  }
}
