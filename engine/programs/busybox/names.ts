/** id and hostname. */
import { formatIpv4 } from "../../net/address.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { groupName, userName, users } from "../support/accounts.ts";
import { getopt } from "../support/getopt.ts";
import { resolveHost } from "../support/resolve.ts";
import type { Applet } from "./applet.ts";

export const id: Applet = {
  name: "id",
  summary: "Print information about USER or the current user",
  directory: "/usr/bin",
  *main(sys, argv) {
    const parsed = getopt(argv, { short: "ugGnr", long: {} });
    if (!parsed.ok) {
      yield* sys.printError(`${parsed.error}\n`);
      return 1;
    }
    const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
    const [name] = parsed.operands;
    const account = name === undefined ? undefined : users(sys).find((user) => user.name === name);
    if (name !== undefined && !account) {
      yield* sys.printError(`id: unknown user ${name}\n`);
      return 1;
    }
    const uid = account?.id ?? sys.uid;
    const gid = account?.gid ?? sys.gid;
    const groups = account ? [gid] : [...new Set([gid, ...sys.groups])];
    const text = (number: number, known: (sys: Sys, id: number) => string): string =>
      has("n") ? known(sys, number) : String(number);
    if (has("u")) yield* sys.print(`${text(uid, userName)}\n`);
    else if (has("g")) yield* sys.print(`${text(gid, groupName)}\n`);
    else if (has("G")) {
      yield* sys.print(`${groups.map((each) => text(each, groupName)).join(" ")}\n`);
    } else {
      const named = (number: number, known: string): string =>
        known === String(number) ? known : `${number}(${known})`;
      const list = groups.map((each) => named(each, groupName(sys, each))).join(",");
      const own = account === undefined && sys.groups.length === 0 ? "" : ` groups=${list}`;
      yield* sys.print(
        `uid=${named(uid, userName(sys, uid))} gid=${named(gid, groupName(sys, gid))}${own}\n`,
      );
    }
    return 0;
  },
};

export const hostname: Applet = {
  name: "hostname",
  summary: "Show or set hostname",
  directory: "/bin",
  *main(sys, argv) {
    const parsed = getopt(argv, { short: "sidfF:", long: {} });
    if (!parsed.ok) {
      yield* sys.printError(`${parsed.error}\n`);
      return 1;
    }
    const option = parsed.options.at(-1);
    const [name] = parsed.operands;
    if (name !== undefined) return yield* setName(sys, name);
    if (option?.name === "F") {
      return yield* setName(sys, sys.readTextFile(option.value ?? "").split("\n")[0] ?? "");
    }
    const own = sys.hostname();
    if (option === undefined) yield* sys.print(`${own}\n`);
    else if (option.name === "s") yield* sys.print(`${own.replace(/\..*/, "")}\n`);
    else return yield* lookUp(sys, own, option.name);
    return 0;
  },
};

function* setName(sys: Sys, name: string): Blocking<number> {
  if (sys.uid !== 0) {
    yield* sys.printError("hostname: sethostname: Operation not permitted\n");
    return 1;
  }
  sys.sethostname(name);
  return 0;
}

function* lookUp(sys: Sys, own: string, what: string): Blocking<number> {
  const found = yield* resolveHost(sys, own);
  if (!found.ok) {
    yield* sys.printError(`hostname: ${own}: Host name lookup failure\n`);
    return 1;
  }
  if (what === "i") yield* sys.print(`${found.addresses.map(formatIpv4).join(" ")}\n`);
  else if (what === "f") yield* sys.print(`${own}\n`);
  else yield* sys.print(`${own.includes(".") ? own.replace(/^[^.]*\./, "") : ""}\n`);
  return 0;
}
