import { isErrno } from "../support/command.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const tee = defineTool({
  name: "tee",
  package: "coreutils",
  summary: "read from standard input and write to standard output and files",
  usage: ["[OPTION]... [FILE]..."],
  description: "Copy standard input to each FILE, and also to standard output.",
  options: [
    ["-a, --append", "append to the given FILEs, do not overwrite"],
    ["-i, --ignore-interrupts", "ignore interrupt signals"],
  ],
  unmodelled: ["-p", "--output-error[=MODE]"],
  examples: ["ip route | tee routes", "echo 10.0.0.9 db | tee -a /etc/hosts"],
  *run(tool, args) {
    const { sys } = tool;
    if (args.has("i")) sys.signal("SIGINT", "ignore");
    const outputs: { readonly fd: number; readonly path: string }[] = [
      { fd: 1, path: "standard output" },
    ];
    for (const path of args.operands) {
      try {
        const append = args.has("a");
        outputs.push({
          path,
          fd: sys.open(path, { write: true, create: true, append, truncate: !append }, 0o666),
        });
      } catch (error) {
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
    while (outputs.length > 0) {
      const chunk = yield* sys.read(0, 65536);
      if (chunk.length === 0) return;
      for (const output of [...outputs]) {
        try {
          yield* sys.write(output.fd, chunk);
        } catch (error) {
          if (!isErrno(error)) throw error;
          outputs.splice(outputs.indexOf(output), 1);
          yield* tool.warn(`${quoteIfNeeded(output.path)}: ${reason(error)}`);
        }
      }
      yield* sys.yieldCpu();
    }
  },
});
