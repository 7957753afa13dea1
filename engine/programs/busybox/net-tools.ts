/** ifconfig, route and arp, which have the layout of net-tools 1.60. */
import { formatIpv4, formatMac, type Mac } from "../../net/address.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { makeIfconfig } from "../net-tools/ifconfig/index.ts";
import { LAYOUT_1_60 } from "../net-tools/ifconfig/layout-1.60.ts";
import { route as netToolsRoute } from "../net-tools/route.ts";
import { hostName } from "../net-tools/support/hosts.ts";
import { borrow, rewording, type Applet, type Rewrite } from "./applet.ts";

const netToolsIfconfig = borrow(makeIfconfig(LAYOUT_1_60), {
  options: "a",
  directory: "/sbin",
  errors: [
    [/^(\S+): ERROR while getting interface flags: /, "SIOCGIFFLAGS: "],
    [/^(\S+): Unknown host\n[^]*/, "bad address '$1'\n"],
    [/^(?!ifconfig: )/, "ifconfig: "],
  ],
});

/** MACs are in capitals. */
const ifconfig: Applet = {
  ...netToolsIfconfig,
  main: (sys, argv) => netToolsIfconfig.main(inCapitals(sys), argv),
};

function inCapitals(sys: Sys): Sys {
  const print = (text: string): Blocking<void> =>
    sys.print(text.replace(/HWaddr \S+/g, (word) => `HWaddr ${word.slice(7).toUpperCase()}`));
  return Object.assign(Object.create(sys) as Sys, { print });
}

const plainRoute = borrow(netToolsRoute, {
  options: "ne",
  directory: "/sbin",
  errors: [
    [/^(\S+): Unknown host/, "can't resolve '$1'"],
    [/^(?!route: )/, "route: "],
  ],
});

/** Without -n, no gateway is a star. */
const route: Applet = {
  ...plainRoute,
  main: (sys, argv) => {
    const isNumeric = argv.some((word) => /^-e*n/.test(word));
    const star: Rewrite = [[/^(\S+ +)0\.0\.0\.0 {8}/gm, "$1*              "]];
    return plainRoute.main(isNumeric ? sys : rewording(sys, [], star), argv);
  },
};

const arp: Applet = {
  name: "arp",
  summary: "Show the ARP cache",
  directory: "/sbin",
  *main(sys, argv) {
    const odd = argv.slice(1).find((word) => !/^-[an]+$/.test(word));
    if (odd !== undefined) {
      yield* sys.printError(`arp: Podwire does not model '${odd}' of BusyBox\n`);
      return 1;
    }
    const numeric = argv.some((word) => word.includes("n") && word.startsWith("-"));
    for (const item of sys.rtnetlink.neighbours()) {
      if (item.state === undefined || item.state === "NOARP" || item.proxy) continue;
      const name = (numeric ? undefined : hostName(sys, item.address)) ?? "?";
      const known = item.state !== "INCOMPLETE" && item.state !== "FAILED";
      const mac = known ? `${formatMac(item.mac ?? (0 as Mac))} [ether] ` : "<incomplete> ";
      const permanent = item.state === "PERMANENT" ? "PERM " : "";
      const device = sys.rtnetlink.link(item.ifindex)?.name ?? "*";
      const space = permanent === "" ? " " : "";
      yield* sys.print(
        `${name} (${formatIpv4(item.address)}) at ${mac}${permanent}${space}on ${device}\n`,
      );
    }
    return 0;
  },
};

export const NET_APPLETS: readonly Applet[] = [arp, ifconfig, route];
