import type { Program } from "../../kernel/process/program.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

/** In the order that they are printed. */
const FIELDS = ["s", "n", "r", "v", "m", "p", "i", "o"] as const;

/** Debian's knows neither processor nor platform; Ubuntu patches its own to say the machine's. */
export const makeUname = (processor: string): Program =>
  defineTool({
    name: "uname",
    package: "coreutils",
    summary: "print system information",
    usage: ["[OPTION]..."],
    description: "Print certain system information.  With no OPTION, same as -s.",
    options: [
      ["-a, --all", "print all information"],
      ["-s, --kernel-name", "print the kernel name"],
      ["-n, --nodename", "print the network node hostname"],
      ["-r, --kernel-release", "print the kernel release"],
      ["-v, --kernel-version", "print the kernel version"],
      ["-m, --machine", "print the machine hardware name"],
      ["-p, --processor", "print the processor type (non-portable)"],
      ["-i, --hardware-platform", "print the hardware platform (non-portable)"],
      ["-o, --operating-system", "print the operating system"],
    ],
    *run(tool, args) {
      const [extra] = args.operands;
      if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
      const { release, version, machine } = tool.sys.uname();
      const values = {
        s: "Linux",
        n: tool.sys.hostname(),
        r: release,
        v: version,
        m: machine,
        p: processor,
        i: processor,
        o: "GNU/Linux",
      };
      // -a leaves out what is unknown.
      const all = args.has("a");
      const chosen = FIELDS.filter((field) =>
        all ? values[field] !== "unknown" : args.has(field),
      );
      yield* tool.print(
        `${(chosen.length === 0 ? ["s" as const] : chosen).map((field) => values[field]).join(" ")}\n`,
      );
    },
  });

export const uname = makeUname("unknown");
