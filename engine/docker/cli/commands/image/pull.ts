import { CliError } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { canonical, pullImage } from "../../pull.ts";
import { parseReference } from "../../reference.ts";

export const pull = defineCommand({
  path: "image pull",
  shortcut: "pull",
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  summary: ["Download an image from a registry", "Pull an image or a repository from a registry"],
  flags: {
    "-a, --all-tags": "Download all tagged images in the repository",
    "--disable-content-trust": "Skip image verification (default true)",
    "--platform string": "Set platform if server is multi-platform capable",
    "-q, --quiet": "Suppress verbose output",
  },
  args: exactly(1),
  unmodelled: ["all-tags", "platform"],
  *run(cli, { args, flags }) {
    const [name = ""] = args;
    const reference = parseReference(name, cli.version);
    const quiet = flags.on("quiet");
    if (reference.tag === undefined && reference.digest === undefined && !quiet) {
      yield* cli.print("Using default tag: latest\n");
    }
    yield* pullImage(cli, reference, { quiet });
    yield* cli.print(`${canonical(reference)}\n`);
    return 0;
  },
  complete: (cli) => imageNames(cli),
});

function refusal(what: string): CliError {
  return new CliError(`docker: Podwire does not model ${what}: its registry is read-only`);
}

export const push = defineCommand({
  path: "image push",
  shortcut: "push",
  usage: "[OPTIONS] NAME[:TAG]",
  summary: ["Upload an image to a registry", "Push an image or a repository to a registry"],
  flags: {
    "-a, --all-tags": [
      "Push all tags of an image to the repository",
      "Push all tagged images in the repository",
    ],
    "--disable-content-trust": "Skip image signing (default true)",
    "--platform string": [
      "Push a platform-specific manifest as a single-platform image to the registry.\nImage index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)",
      undefined,
    ],
    "-q, --quiet": "Suppress verbose output",
  },
  args: exactly(1),
  *run() {
    throw refusal("push");
  },
  complete: (cli) => imageNames(cli),
});
