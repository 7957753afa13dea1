/** Making a container for `run` and `create`: the image is pulled when it is not there. */
import { strerror, KernelError } from "../../../kernel/errno.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { ContainerCreate, ContainerCreated } from "../../api/container.ts";
import { ApiError } from "../../api/errors.ts";
import { CliError, type Cli } from "../cli.ts";
import type { FlagValues } from "../command.ts";
import { pullImage } from "../pull.ts";
import { familiar, parseReference } from "../reference.ts";

function createCidFile(cli: Cli, path: string): void {
  try {
    cli.sys.stat(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return;
  }
  const advice = "make sure the other container isn't running or delete";
  throw new CliError(`container ID file found, ${advice} ${path}`);
}

function writeCidFile(cli: Cli, path: string, id: string): void {
  try {
    cli.sys.writeFile(path, id);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new CliError(
      `failed to write the container ID to the file: open ${path}: ${strerror(error.errno).toLowerCase()}`,
    );
  }
}

/** Throws CliError, ApiError. */
export function* createContainer(
  cli: Cli,
  flags: FlagValues,
  body: ContainerCreate,
): Blocking<ContainerCreated> {
  const image = body.Image ?? "";
  const cidFile = flags.text("cidfile") ?? "";
  if (cidFile !== "") createCidFile(cli, cidFile);
  // An id is no name, and stands for itself.
  const reference = /^[0-9a-f]{64}$|^sha256:/.test(image)
    ? undefined
    : parseReference(image, cli.version);
  const policy = flags.text("pull") ?? "missing";
  const name = flags.text("name") ?? "";
  const quiet = flags.on("quiet");
  if (policy === "always" && reference !== undefined) {
    yield* pullImage(cli, reference, { quiet, toError: true });
  }
  let created: ContainerCreated;
  try {
    created = yield* cli.engine.containerCreate(body, name);
  } catch (error) {
    const missing =
      error instanceof ApiError && error.status === 404 && /No such image/i.test(error.message);
    if (!missing || reference === undefined || policy !== "missing") throw error;
    yield* cli.printError(`Unable to find image '${familiar(reference)}' locally\n`);
    yield* pullImage(cli, reference, { quiet, toError: true });
    created = yield* cli.engine.containerCreate(body, name);
  }
  for (const warning of created.Warnings ?? []) yield* cli.printError(`WARNING: ${warning}\n`);
  if (cidFile !== "") writeCidFile(cli, cidFile, created.Id);
  return created;
}
