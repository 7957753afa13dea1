/** A machine with Docker, and what is typed on it. */
import { expect } from "vitest";
import { openLab, type CommandOutcome, type HeadlessLab } from "../../engine/headless.ts";

export interface DockerMachine {
  readonly lab: HeadlessLab;
  run(commandLine: string): CommandOutcome;
  /** What it prints; it must succeed. */
  types(commandLine: string): string;
  /** What it says when it fails. */
  refuses(commandLine: string): string;
  pass(seconds: number): void;
}

/** `image`: debian-12 has engine 28, ubuntu-16.04 has 20.10. busybox and nginx are there. */
export function dockerMachine(image = "debian-12"): DockerMachine {
  const opened = openLab(
    `podwire: 1\nnodes:\n  - { name: h, kind: host, at: [0, 0], image: ${image} }\n`,
  );
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const lab = opened.value;
  const run = (commandLine: string): CommandOutcome => lab.run("h", commandLine);
  const types = (commandLine: string): string => {
    const { stdout, stderr, exit } = run(commandLine);
    expect({ exit, stderr }, commandLine).toMatchObject({ exit: 0 });
    return stdout;
  };
  types("docker pull -q busybox && docker pull -q nginx");
  return {
    lab,
    run,
    types,
    refuses(commandLine) {
      const { stderr, exit } = run(commandLine);
      expect(exit, commandLine).not.toBe(0);
      return stderr;
    },
    pass: (seconds) => lab.pass(seconds),
  };
}
