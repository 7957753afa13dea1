import { atLeast, defineCommand } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { inspectAll } from "../../inspect-command.ts";
import { IMAGE, isImageEscaped } from "../../types/objects.ts";

export const inspect = defineCommand({
  path: "image inspect",
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Display detailed information on one or more images",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "--platform string": [
      "Inspect a specific platform of the multi-platform image.\nIf the image or the server is not multi-platform capable, the command will error out if the platform does not match.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)",
      undefined,
    ],
  },
  args: atLeast(1),
  unmodelled: ["platform"],
  *run(cli, { args, flags }) {
    return yield* inspectAll(cli, args, flags.text("format") ?? "", (name) => {
      const json = cli.lookUp("image", name, () => cli.engine.imageInspect(name));
      return { type: IMAGE[cli.version], json, escaped: isImageEscaped(json) };
    });
  },
  complete: (cli) => imageNames(cli),
});
