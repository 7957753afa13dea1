import type { Program } from "../../kernel/process/program.ts";
import { curl } from "../../programs/curl/curl.ts";

/** curl as a later distribution ships it: servers see another version. */
export function curlOfVersion(version: string): Program {
  return {
    ...curl,
    package: `curl-${version}`,
    *main(sys, argv) {
      const [name = "curl", ...words] = argv;
      if (words.some((word) => word === "-V" || word === "--version")) {
        yield* sys.printError(
          "curl: Podwire does not model the version text of this image's curl\n",
        );
        return 2;
      }
      return yield* curl.main(sys, [name, "--user-agent", `curl/${version}`, ...words]);
    },
  };
}
