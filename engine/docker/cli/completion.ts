/** What tab completion offers: names of what the engine has. */
import type { CompletionAnswer } from "../../kernel/process/program.ts";
import { ApiError } from "../api/errors.ts";
import type { ContainerStatus } from "../api/container.ts";
import { CliError, type Cli } from "./cli.ts";

const NOTHING: CompletionAnswer = { candidates: [] };

/** Completion never complains: without an engine there is nothing to offer. */
function offered(list: () => readonly string[]): CompletionAnswer {
  try {
    return { candidates: list() };
  } catch (error) {
    if (error instanceof ApiError || error instanceof CliError) return NOTHING;
    throw error;
  }
}

export function containerNames(
  cli: Cli,
  wanted: (state: ContainerStatus) => boolean = () => true,
): CompletionAnswer {
  return offered(() =>
    cli.engine
      .containerList({ all: true })
      .filter((item) => wanted(item.State))
      .map((item) => (item.Names[0] ?? item.Id).replace(/^\//, "")),
  );
}

export const isRunning = (state: ContainerStatus) => state === "running" || state === "paused";
export const isStopped = (state: ContainerStatus) => !isRunning(state);

export function imageNames(cli: Cli): CompletionAnswer {
  return offered(() =>
    cli.engine
      .imageList({})
      .flatMap((image) => image.RepoTags)
      .filter((tag) => !tag.startsWith("<none>"))
      .flatMap((tag) => (tag.endsWith(":latest") ? [tag, tag.slice(0, -7)] : [tag])),
  );
}

export const networkNames = (cli: Cli): CompletionAnswer =>
  offered(() => cli.engine.networkList({}).map((network) => network.Name));

export const volumeNames = (cli: Cli): CompletionAnswer =>
  offered(() => (cli.engine.volumeList({}).Volumes ?? []).map((volume) => volume.Name));
