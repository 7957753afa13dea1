/** containerd(8): a process that is there; what makes containers is the kernel's own. */
import type { Program } from "../../kernel/process/program.ts";
import { RELEASES, type Release } from "./release.ts";

export function containerd(release: Release): Program {
  return {
    name: "containerd",
    package: "containerd",
    docs: {
      summary: "an industry-standard container runtime",
      synopsis: "containerd [--version]",
      limitations: ["It only runs; ctr and its own API are not modelled."],
    },
    *main(sys, argv) {
      const { containerdVersion } = RELEASES[release];
      if (argv.includes("--version") || argv.includes("-v")) {
        yield* sys.print(`containerd github.com/containerd/containerd ${containerdVersion}\n`);
        return 0;
      }
      for (;;) yield* sys.pause();
    },
  };
}
