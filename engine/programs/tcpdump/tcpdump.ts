import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { capture } from "./capture.ts";
import { TcpdumpError } from "./errors.ts";
import { FilterError } from "./filter/ast.ts";
import { compileFilter } from "./filter/compile.ts";
import { listDevices } from "./devices.ts";
import { parseOptions, type TcpdumpOptions } from "./options.ts";
import { replay } from "./replay.ts";

const VERSION = `tcpdump version 4.99.3
libpcap version 1.10.3 (with TPACKET_V3)
`;

const USAGE = `${VERSION}Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]
`;

export const tcpdump: Program = {
  name: "tcpdump",
  package: "tcpdump",
  docs: {
    summary: "dump traffic on a network",
    synopsis: "tcpdump [options] [expression]",
    options: [
      ["-i INTERFACE", "the device to listen on; `any` for all"],
      ["-c COUNT", "end after COUNT packets"],
      ["-n", "no names"],
      ["-e", "show the Ethernet header"],
      ["-v, -vv, -vvv", "more detail"],
      ["-q", "less detail"],
      ["-x, -xx", "hexadecimal dump, without or with the Ethernet header"],
      ["-X, -XX", "the same with characters"],
      ["-A", "characters only"],
      [
        "-t, -tt, -ttt, -tttt, -ttttt",
        "no time, Unix time, difference, date, time since the first",
      ],
      ["-S", "absolute TCP sequence numbers"],
      ["-l, -U", "write each line or packet at once (always so here)"],
      ["-w FILE", "write packets to a capture file"],
      ["-r FILE", "read packets from a capture file"],
      ["-s SNAPLEN", "bytes kept of each packet"],
      ["-Q in|out|inout", "direction"],
      ["-F FILE", "read the expression from a file"],
      ["-#, --number", "number the packets"],
      ["--count", "print only how many packets there were"],
      ["-D", "list the devices"],
      ["-p, -K", "not promiscuous; do not verify checksums"],
    ],
    examples: ["tcpdump -n -i eth0 -c 4", "tcpdump -ni any 'tcp port 80 and host 10.0.0.2'"],
    limitations: [
      "Protocols above UDP and TCP: DNS, HTTP and VXLAN only.",
      "Filters on IPv6, on wlan, link, gateway and MPLS are refused or match nothing.",
      "-d, -C, -G, -W, -z, -y, -T, -E, -M, -V and -I are refused.",
    ],
  },

  *main(sys, argv) {
    const parsed = parseOptions(argv);
    switch (parsed.kind) {
      case "version":
        yield* sys.print(VERSION);
        return 0;
      case "help":
        yield* sys.print(USAGE);
        return 0;
      case "usage":
        yield* sys.printError(`${parsed.error}\n${USAGE}`);
        return 1;
      case "error":
        yield* sys.printError(`tcpdump: ${parsed.error}\n`);
        return 1;
      case "run":
        break;
    }
    try {
      return yield* run(sys, parsed.options);
    } catch (error) {
      if (!(error instanceof TcpdumpError) && !(error instanceof FilterError)) throw error;
      yield* sys.printError(`tcpdump: ${error.message}\n`);
      return 1;
    }
  },
};

function* run(sys: Sys, options: TcpdumpOptions): Blocking<number> {
  if (options.listDevices) {
    yield* sys.print(listDevices(sys));
    return 0;
  }
  if (options.readFile !== undefined) {
    return yield* replay(sys, options, options.readFile, (text) => compileFilter(sys, text));
  }
  return yield* capture(sys, options, (text) => compileFilter(sys, text));
}
