/** getent, which asks the name service switch as every program does. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { groups, users, type Account } from "../support/accounts.ts";
import { resolveAddress, resolveHost } from "../support/resolve.ts";
import { serviceByName, serviceByPort } from "../support/services.ts";
import { defineTool, type Tool } from "../support/tool.ts";

/** Exit status: a key was not found. */
const NOT_FOUND = 2;
/** Exit status: the database cannot be listed. */
const NO_ENUMERATION = 3;

type Answer = string | undefined;
type Lookup = (sys: Sys, key: string) => Blocking<Answer>;

const DATABASES: Readonly<Record<string, Lookup>> = {
  ahosts: addressesOf,
  ahostsv4: addressesOf,
  group: account(groups),
  hosts: host,
  passwd: account(users),
  services: service,
};

export const getent = defineTool({
  name: "getent",
  package: "libc-bin",
  summary: "get entries from Name Service Switch libraries",
  usage: ["[OPTION...] database [key ...]"],
  options: [["-s, --service=<config>", "Service configuration to be used"]],
  unmodelled: ["-i", "--no-idn"],
  examples: ["getent hosts web", "getent passwd root"],
  limitations: [`Databases: ${Object.keys(DATABASES).join(", ")}.`],
  *run(tool, args) {
    const [database, ...keys] = args.operands;
    if (args.has("s")) throw tool.refuse("the option '--service'");
    if (database === undefined) throw tool.fail("wrong number of arguments");
    const lookup = DATABASES[database];
    if (!lookup) {
      yield* tool.say(`Unknown database: ${database}\n${HINT}`);
      return 1;
    }
    if (keys.length === 0) return yield* enumerate(tool, database);
    let status = 0;
    for (const key of keys) {
      const answer = yield* lookup(tool.sys, key);
      if (answer === undefined) status = NOT_FOUND;
      else yield* tool.print(answer);
    }
    return status;
  },
});

const HINT = "Try `getent --help' or `getent --usage' for more information.\n";

function* enumerate(tool: Tool, database: string): Blocking<number> {
  const list = database === "passwd" ? users : database === "group" ? groups : undefined;
  if (!list) {
    yield* tool.say(`Enumeration not supported on ${database}\n`);
    return NO_ENUMERATION;
  }
  for (const one of list(tool.sys)) yield* tool.print(`${one.fields.join(":")}\n`);
  return 0;
}

function account(list: (sys: Sys) => readonly Account[]): Lookup {
  return function* (sys, key) {
    const found = list(sys).find(({ name, id }) => name === key || String(id) === key);
    return found && `${found.fields.join(":")}\n`;
  };
}

function* host(sys: Sys, key: string): Blocking<Answer> {
  const address = parseIpv4(key);
  if (address !== undefined) {
    const name = yield* resolveAddress(sys, address);
    return name === undefined ? undefined : hostLine(address, name);
  }
  const found = yield* resolveHost(sys, key);
  return found.ok ? found.addresses.map((each) => hostLine(each, key)).join("") : undefined;
}

function hostLine(address: Ipv4, name: string): string {
  return `${formatIpv4(address).padEnd(15)} ${name}\n`;
}

/** One line for each kind of socket. */
function* addressesOf(sys: Sys, key: string): Blocking<Answer> {
  const found = yield* resolveHost(sys, key);
  if (!found.ok) return undefined;
  return found.addresses
    .map((address, index) => {
      const text = formatIpv4(address).padEnd(15);
      const name = index === 0 ? key : "";
      return `${text} STREAM ${name}\n${text} DGRAM  \n${text} RAW    \n`;
    })
    .join("");
}

function* service(sys: Sys, key: string): Blocking<Answer> {
  const [name = "", protocol = ""] = key.split("/");
  for (const each of ["tcp", "udp"] as const) {
    if (protocol !== "" && protocol !== each) continue;
    const port = /^\d+$/.test(name) ? Number(name) : serviceByName(sys, name, each);
    const official = port === undefined ? undefined : serviceByPort(sys, port, each);
    if (official !== undefined) return `${official.padEnd(21)} ${port}/${each}\n`;
  }
  return undefined;
}
