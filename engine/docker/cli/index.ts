import type { Program } from "../../kernel/process/program.ts";
import type { Release } from "../daemon/release.ts";
import { createDocker } from "./docker.ts";

/** The programs of the command line's package. */
export function dockerCommand(release: Release): readonly Program[] {
  return [createDocker(release)];
}
