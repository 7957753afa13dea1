import { ApiError } from "../../../api/errors.ts";
import { CliError, type Cli } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, imageNames, networkNames, volumeNames } from "../../completion.ts";
import type { Inspected } from "../../inspect.ts";
import { inspectAll } from "../../inspect-command.ts";
import { CONTAINER } from "../../types/container.ts";
import { IMAGE, isImageEscaped, NETWORK, VOLUME } from "../../types/objects.ts";

const KINDS = ["container", "image", "network", "volume"] as const;
type Kind = (typeof KINDS)[number];
const REFUSED_KINDS = ["config", "node", "plugin", "secret", "service", "task"];

function inspectOne(cli: Cli, kind: Kind, name: string, size: boolean): Inspected {
  const { engine, version } = cli;
  switch (kind) {
    case "container":
      return { type: CONTAINER[version], json: engine.containerInspect(name, size) };
    case "image": {
      const json = engine.imageInspect(name);
      return { type: IMAGE[version], json, escaped: isImageEscaped(json) };
    }
    case "network":
      return { type: NETWORK[version], json: engine.networkInspect(name) };
    case "volume":
      return { type: VOLUME[version], json: engine.volumeInspect(name) };
  }
}

/** The first kind of object that has the name. */
function findAny(cli: Cli, name: string, size: boolean): Inspected {
  for (const kind of KINDS) {
    try {
      return inspectOne(cli, kind, name, size);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 404 && !isNameProblem(error)) throw error;
    }
  }
  throw new CliError(`Error: No such object: ${name}`);
}

/** A name that one kind of object cannot have may be that of another. */
const isNameProblem = (error: ApiError) => error.status === 400;

export const inspect = defineCommand({
  path: "inspect",
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on Docker objects",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "-s, --size": "Display total file sizes if the type is container",
    "--type string": ["Only inspect objects of the given type", "Return JSON for specified type"],
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    const wanted = flags.text("type") ?? "";
    const kind = KINDS.find((known) => known === wanted);
    const size = flags.on("size");
    if (REFUSED_KINDS.includes(wanted)) {
      throw new CliError(`docker: Podwire does not model objects of type ${wanted}`);
    }
    if (wanted !== "" && kind === undefined) {
      const known = [...KINDS, ...REFUSED_KINDS].sort().map((name) => `"${name}"`);
      throw new CliError(
        cli.recent
          ? `unknown type: "${wanted}": must be one of ${known.join(", ")}`
          : `"${wanted}" is not a valid value for --type`,
      );
    }
    return yield* inspectAll(cli, args, flags.text("format") ?? "", (name) => {
      if (kind === undefined) return findAny(cli, name, size);
      return cli.lookUp(kind, name, () => inspectOne(cli, kind, name, size));
    });
  },
  complete: (cli) => ({
    candidates: [containerNames(cli), imageNames(cli), networkNames(cli), volumeNames(cli)].flatMap(
      (answer) => answer.candidates,
    ),
  }),
});
