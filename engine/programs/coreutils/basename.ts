import { baseName } from "../support/paths.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const basename = defineTool({
  name: "basename",
  package: "coreutils",
  summary: "strip directory and suffix from filenames",
  usage: ["NAME [SUFFIX]", "OPTION... NAME..."],
  description: "Print NAME with any leading directory components removed.",
  stopAtOperand: true,
  options: [
    ["-a, --multiple", "support multiple arguments and treat each as a NAME"],
    ["-s, --suffix=SUFFIX", "remove a trailing SUFFIX; implies -a"],
    ["-z, --zero", "end each output line with NUL, not newline"],
  ],
  *run(tool, args) {
    const multiple = args.has("a", "s");
    const [first, second, third] = args.operands;
    if (first === undefined) throw tool.usage("missing operand");
    if (!multiple && third !== undefined) throw tool.usage(`extra operand ${quoteText(third)}`);
    const suffix = args.value("s") ?? (multiple ? undefined : second) ?? "";
    for (const name of multiple ? args.operands : [first]) {
      const base = baseName(name);
      const strips = suffix !== "" && base !== suffix && base.endsWith(suffix);
      const shown = strips ? base.slice(0, -suffix.length) : base;
      yield* tool.print(shown + (args.has("z") ? "\0" : "\n"));
    }
  },
});
