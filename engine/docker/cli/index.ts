/** The programs of the command line, as a disk image installs them. */
import type { Program } from "../../kernel/process/program.ts";
import { createDocker } from "./docker.ts";
import type { CliVersion } from "./version.ts";

export function dockerCommand(version: CliVersion): readonly Program[] {
  return [createDocker(version)];
}
