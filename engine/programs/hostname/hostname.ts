/** hostname(1) and its other names. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { formatIpv4 } from "../../net/address.ts";
import { getopt } from "../support/getopt.ts";

const USAGE = `Usage: hostname [-b] {hostname|-F file}         set host name (from file)
       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name
       hostname                                 display host name

       {yp,nis,}domainname {nisdomain|-F file}  set NIS domain name (from file)
       {yp,nis,}domainname                      display NIS domain name

       dnsdomainname                            display dns domain name

       hostname -V|--version|-h|--help          print info and exit

Program name:
       {yp,nis,}domainname=hostname -y
       dnsdomainname=hostname -d

Program options:
    -a, --alias            alias names
    -A, --all-fqdns        all long host names (FQDNs)
    -b, --boot             set default hostname if none available
    -d, --domain           DNS domain name
    -f, --fqdn, --long     long host name (FQDN)
    -F, --file             read host name or NIS domain name from given file
    -i, --ip-address       addresses for the host name
    -I, --all-ip-addresses all addresses for the host
    -s, --short            short host name
    -y, --yp, --nis        NIS/YP domain name

Description:
   This command can get or set the host name or the NIS domain name. You can
   also get the DNS domain or the FQDN (fully qualified domain name).
   Unless you are using bind or NIS for host lookups you can change the
   FQDN (Fully Qualified Domain Name) and the DNS domain name (which is
   part of the FQDN) in the /etc/hosts file.
`;

type Question = "name" | "alias" | "domain" | "fqdn" | "address" | "addresses" | "short";

const QUESTIONS: Readonly<Record<string, Question>> = {
  a: "alias",
  alias: "alias",
  d: "domain",
  domain: "domain",
  f: "fqdn",
  fqdn: "fqdn",
  long: "fqdn",
  i: "address",
  "ip-address": "address",
  I: "addresses",
  "all-ip-addresses": "addresses",
  s: "short",
  short: "short",
};

interface HostEntry {
  readonly address: string;
  /** The canonical name, then the aliases. */
  readonly names: readonly string[];
}

/** The lines of /etc/hosts that name this machine. */
function ownEntries(sys: Sys): readonly HostEntry[] {
  if (!sys.access("/etc/hosts", { read: true })) return [];
  const lines = sys.readTextFile("/etc/hosts").split("\n");
  return lines
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter((words) => words.slice(1).includes(sys.hostname()))
    .map(([address = "", ...names]) => ({ address, names }));
}

/** Global addresses of the devices that are up, as getifaddrs(3) lists them. */
function allAddresses(sys: Sys): string {
  const shown = sys.rtnetlink.addresses().filter((item) => {
    const link = sys.rtnetlink.link(item.ifindex);
    return link?.flags.up === true && !link.flags.loopback;
  });
  return shown.map((item) => `${formatIpv4(item.address)} `).join("");
}

function answer(sys: Sys, question: Question): string | undefined {
  const name = sys.hostname();
  if (question === "name") return name;
  if (question === "short") return name.split(".")[0] ?? "";
  if (question === "addresses") return allAddresses(sys);
  const entries = ownEntries(sys);
  const first = entries[0];
  if (!first) return undefined;
  const canonical = first.names[0] ?? name;
  switch (question) {
    case "alias":
      return first.names.slice(1).join(" ");
    case "domain":
      return canonical.includes(".") ? canonical.slice(canonical.indexOf(".") + 1) : "";
    case "fqdn":
      return canonical;
    case "address":
      return entries.map((entry) => entry.address).join(" ");
  }
}

function setName(sys: Sys, name: string): string | undefined {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name) || name.length > 64) {
    return "hostname: the specified hostname is invalid\n";
  }
  try {
    sys.sethostname(name);
    return undefined;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "EPERM") return "hostname: you must be root to change the host name\n";
    return `hostname: ${strerror(error.errno)}\n`;
  }
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, {
    short: "aAdfbF:h?iIsVy",
    long: {
      alias: "none",
      "all-fqdns": "none",
      boot: "none",
      domain: "none",
      file: "required",
      fqdn: "none",
      long: "none",
      help: "none",
      "ip-address": "none",
      "all-ip-addresses": "none",
      short: "none",
      version: "none",
      yp: "none",
      nis: "none",
    },
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n${USAGE}`);
    return 255;
  }
  let question: Question = argv[0]?.split("/").at(-1) === "dnsdomainname" ? "domain" : "name";
  let file: string | undefined;
  for (const { name, value } of parsed.options) {
    const asked = QUESTIONS[name];
    if (asked) question = asked;
    else if (name === "F" || name === "file") file = value;
    else if (name === "V" || name === "version") {
      yield* sys.print("hostname 3.23\n");
      return 0;
    } else if (name === "h" || name === "?" || name === "help") {
      yield* sys.print(USAGE);
      return 255;
    } else if (name !== "b" && name !== "boot") {
      yield* sys.printError(`hostname: Podwire does not model the option '${name}'\n`);
      return 1;
    }
  }
  const wanted = file === undefined ? parsed.operands[0] : readName(sys, file);
  if (wanted !== undefined) {
    const refusal = setName(sys, wanted);
    if (refusal !== undefined) yield* sys.printError(refusal);
    return refusal === undefined ? 0 : 1;
  }
  const text = answer(sys, question);
  if (text === undefined) {
    yield* sys.printError("hostname: Name or service not known\n");
    return 1;
  }
  if (question === "domain" && text === "") return 0;
  yield* sys.print(`${text}\n`);
  return 0;
}

/** The first line that is no comment. */
function readName(sys: Sys, file: string): string {
  if (!sys.access(file, { read: true })) return "";
  const lines = sys.readTextFile(file).split("\n");
  return (
    lines.map((line) => line.trim()).find((line) => line !== "" && !line.startsWith("#")) ?? ""
  );
}

const docs: Program["docs"] = {
  summary: "show or set the system's host name",
  synopsis: "hostname [-b] {hostname|-F file}\nhostname [-a|-d|-f|-i|-I|-s]\ndnsdomainname",
  options: [
    ["-a, --alias", "the aliases in /etc/hosts"],
    ["-d, --domain", "the DNS domain"],
    ["-f, --fqdn, --long", "the long name"],
    ["-F, --file FILE", "set the name that is in a file"],
    ["-i, --ip-address", "the addresses of the name"],
    ["-I, --all-ip-addresses", "the addresses of all interfaces"],
    ["-s, --short", "up to the first dot"],
  ],
  examples: ["hostname", "hostname -I"],
  limitations: ["Names are looked up in /etc/hosts only.", "No NIS domain, no -A."],
};

export const hostname: Program = { name: "hostname", package: "hostname", docs, main };

export const dnsdomainname: Program = { name: "dnsdomainname", package: "hostname", docs, main };
