import { quote } from "../../../../programs/support/go/quote.ts";
import { CliError, errorText } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { parseReference } from "../../reference.ts";

export const tag = defineCommand({
  path: "image tag",
  shortcut: "tag",
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  flags: {},
  args: exactly(2),
  *run(cli, { args }) {
    const [source = "", target = ""] = args;
    let reference;
    try {
      reference = parseReference(target, cli.version);
    } catch (error) {
      throw new CliError(
        `Error parsing reference: ${quote(target)} is not a valid repository/tag: ${errorText(error)}`,
      );
    }
    if (reference.digest !== undefined) {
      throw new CliError("refusing to create a tag with a digest reference");
    }
    cli.engine.imageTag(source, reference.name, reference.tag ?? "latest");
    return 0;
  },
  complete: (cli) => imageNames(cli),
});
