import { KernelError } from "../../kernel/errno.ts";
import { joinPath } from "../support/paths.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export const mktemp = defineTool({
  name: "mktemp",
  package: "coreutils",
  summary: "create a temporary file or directory",
  usage: ["[OPTION]... [TEMPLATE]"],
  description:
    "Create a temporary file or directory, safely, and print its name.\nTEMPLATE must contain at least 3 consecutive 'X's in last component.",
  options: [
    ["-d, --directory", "create a directory, not a file"],
    ["-u, --dry-run", "do not create anything; merely print a name (unsafe)"],
    ["-q, --quiet", "suppress diagnostics about file/dir-creation failure"],
    ["--suffix=SUFF", "append SUFF to TEMPLATE"],
    ["-p DIR", "interpret TEMPLATE relative to DIR"],
    ["--tmpdir[=DIR]", "like -p; DIR is $TMPDIR or /tmp unless given"],
    ["-t", "interpret TEMPLATE as a single file name component, relative to a directory"],
  ],
  *run(tool, args) {
    const { sys } = tool;
    const [typed, extra] = args.operands;
    if (extra !== undefined) throw tool.usage("too many templates");
    const suffix = args.value("suffix") ?? "";
    const template = (typed ?? "tmp.XXXXXXXXXX") + suffix;
    const found = /^(.*?)(X{3,})([^X/]*)$/s.exec(template);
    if (!found || (suffix !== "" && found[3] !== suffix))
      throw tool.fail(`too few X's in template ${quoteText(typed ?? template)}`);
    const home = sys.env.get("TMPDIR") || "/tmp";
    const directory = args.has("p")
      ? args.value("p") || home
      : args.has("tmpdir", "t") || typed === undefined
        ? (args.value("tmpdir") ?? home)
        : undefined;
    if (directory !== undefined && template.startsWith("/")) {
      throw tool.fail(
        `invalid template, ${quoteText(template)}; with --tmpdir, it may not be absolute`,
      );
    }
    const length = (found[2] as string).length;
    for (let attempt = 0; ; attempt++) {
      const random = Array.from({ length }, () => LETTERS[sys.random.below(LETTERS.length)]).join(
        "",
      );
      const name = `${found[1]}${random}${found[3]}`;
      const path = directory === undefined ? name : joinPath(directory, name);
      try {
        if (args.has("u")) {
          // Only the name is wanted.
        } else if (args.has("d")) sys.mkdir(path, 0o700);
        else
          sys.close(
            sys.open(path, { read: true, write: true, create: true, exclusive: true }, 0o600),
          );
      } catch (error) {
        if (error instanceof KernelError && error.errno === "EEXIST" && attempt < 100) continue;
        if (args.has("q")) return 1;
        const kind = args.has("d") ? "directory" : "file";
        const shown = directory === undefined ? template : joinPath(directory, template);
        throw tool.fail(
          `failed to create ${kind} via template ${quoteName(shown)}: ${reason(error)}`,
        );
      }
      yield* tool.print(`${path}\n`);
      return 0;
    }
  },
});
