/**
 * Transcripts recorded from the real programs: after `$ ` a command line, then its standard output
 * (`> `), its standard error (`! `) and its exit status (`= `, unless it is 0). All commands of a
 * file run one after the other in one fresh network namespace.
 */
export interface Step {
  readonly run: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

export function parseTranscript(text: string): Step[] {
  const steps: { run: string; stdout: string; stderr: string; exit: number }[] = [];
  for (const line of text.split("\n")) {
    const step = steps.at(-1);
    const rest = line.slice(2);
    if (line.startsWith("$ ")) steps.push({ run: rest, stdout: "", stderr: "", exit: 0 });
    else if (step && line.startsWith(">")) step.stdout += `${rest}\n`;
    else if (step && line.startsWith("!")) step.stderr += `${rest}\n`;
    else if (step && line.startsWith("=")) step.exit = Number(rest);
  }
  return steps;
}

export function formatTranscript(steps: readonly Step[]): string {
  const mark = (sign: string, text: string): string =>
    text === ""
      ? ""
      : text
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${sign} ${line}\n`)
          .join("");
  return steps
    .map(
      ({ run, stdout, stderr, exit }) =>
        `$ ${run}\n${mark(">", stdout)}${mark("!", stderr)}${exit === 0 ? "" : `= ${exit}\n`}`,
    )
    .join("");
}
