import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const nproc = defineTool({
  name: "nproc",
  package: "coreutils",
  summary: "print the number of processing units available",
  usage: ["[OPTION]..."],
  options: [
    ["--all", "print the number of installed processors"],
    ["--ignore=N", "if possible, exclude N processing units"],
  ],
  limitations: ["An emulated machine shows two processors; processes take turns as on one."],
  *run(tool, args) {
    const [extra] = args.operands;
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const ignored = args.value("ignore");
    if (ignored !== undefined && !/^\d+$/.test(ignored)) {
      throw tool.fail(`invalid number to ignore: ${quoteText(ignored)}`);
    }
    const processors = tool.sys.readTextFile("/proc/cpuinfo").match(/^processor/gm)?.length ?? 1;
    yield* tool.print(`${Math.max(1, processors - Number(ignored ?? 0))}\n`);
  },
});
