import { applyMode } from "../support/file-mode.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const mkfifo = defineTool({
  name: "mkfifo",
  package: "coreutils",
  summary: "make FIFOs (named pipes)",
  usage: ["[OPTION]... NAME..."],
  description: "Create named pipes (FIFOs) with the given NAMEs.",
  options: [["-m, --mode=MODE", "set file permission bits to MODE, not a=rw - umask"]],
  unmodelled: ["-Z", "--context[=CTX]"],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    const typed = args.value("m");
    const mode = typed === undefined ? 0o666 : applyMode(typed, 0o666, false, tool.sys.umask());
    if (mode === undefined) throw tool.fail("invalid mode");
    for (const path of args.operands) {
      try {
        tool.sys.mkfifo(path, mode);
        if (typed !== undefined) tool.sys.chmod(path, mode);
      } catch (error) {
        yield* tool.warn(`cannot create fifo ${quoteName(path)}: ${reason(error)}`);
      }
    }
  },
});
