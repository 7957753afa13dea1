import type { Program } from "../../kernel/process/program.ts";
import { runShell } from "../../shell/main.ts";
import type { Applet } from "./applet.ts";
import { FILE_APPLETS } from "./files.ts";
import { httpd } from "./httpd.ts";
import { ip } from "./ip.ts";
import { ls } from "./ls.ts";
import { df, mount } from "./mount.ts";
import { hostname, id } from "./names.ts";
import { nc } from "./nc.ts";
import { NET_APPLETS } from "./net-tools.ts";
import { netstat } from "./netstat.ts";
import { nslookup } from "./nslookup.ts";
import { ping } from "./ping.ts";
import { ps } from "./ps.ts";
import { TEXT_APPLETS } from "./text.ts";
import { traceroute } from "./traceroute.ts";
import { wget } from "./wget.ts";

const shells: readonly Applet[] = ["ash", "sh"].map((name) => ({
  name,
  summary: "Unix shell interpreter",
  directory: "/bin",
  main: (sys, argv) => runShell(sys, argv, "ash"),
}));

export const APPLETS: readonly Applet[] = [
  ...shells,
  ...FILE_APPLETS,
  ...NET_APPLETS,
  ...TEXT_APPLETS,
  df,
  hostname,
  httpd,
  id,
  ip,
  ls,
  mount,
  nc,
  netstat,
  nslookup,
  ping,
  ps,
  traceroute,
  wget,
].sort((a, b) => (a.name < b.name ? -1 : 1));

const VERSION = "BusyBox v1.35.0 (2022-11-19 10:13:10 UTC) multi-call binary.\n";

/** As the last component of `argv[0]` says; a login shell's has a hyphen before it. */
function appletName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1).replace(/^-/, "");
}

export const busybox: Program = {
  name: "busybox",
  package: "busybox",
  directory: "/bin",
  docs: {
    summary: "Many small Unix utilities in one program",
    synopsis: "busybox [APPLET [ARGUMENT]...]\nAPPLET [ARGUMENT]...",
    options: APPLETS.map(({ name, summary }) => [name, summary]),
    limitations: [
      "Applets and options that are not modelled are missing or refused by name.",
      "ls prints one name a line; ip has address, link, route, neigh and rule; usage texts are not printed.",
    ],
  },
  *main(sys, argv) {
    let words = argv;
    if (appletName(argv[0] ?? "") === "busybox") words = argv.slice(1);
    const [name] = words;
    if (name === undefined || name === "--help") {
      yield* sys.print(
        `${VERSION}\nCurrently defined functions:\n\t${APPLETS.map((one) => one.name).join(", ")}\n`,
      );
      return 0;
    }
    if (name === "--list") {
      yield* sys.print(APPLETS.map((one) => `${one.name}\n`).join(""));
      return 0;
    }
    const applet = APPLETS.find((one) => one.name === appletName(name));
    if (!applet) {
      yield* sys.printError(`${appletName(name)}: applet not found\n`);
      return 127;
    }
    return yield* applet.main(sys, [name, ...words.slice(1)]);
  },
};
