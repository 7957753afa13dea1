/** Whose socket a packet made here comes from. Linux net/netfilter/xt_owner.c. */
import { onlyFrom } from "../xtables/check.ts";
import { defineMatch, UsageError, type TypedOption } from "../xtables/extension.ts";
import { not, parseUnsigned } from "../xtables/options.ts";

interface IdRange {
  readonly first: number;
  readonly last: number;
  readonly negated: boolean;
}

/** Of no user. */
const NOBODY_ID = 0xffffffff;

interface OwnerTest {
  readonly uid: IdRange | undefined;
  readonly gid: IdRange | undefined;
  readonly socket: { readonly negated: boolean } | undefined;
}

function parseIds(option: TypedOption, byName: (name: string) => number | undefined): IdRange {
  const { value, negated, name } = option;
  const named = byName(value);
  if (named !== undefined) return { first: named, last: named, negated };
  const [low = "", high] = value.split("-");
  const first = parseUnsigned(low);
  const last = high === undefined ? first : parseUnsigned(high);
  if (first === undefined || last === undefined || first === NOBODY_ID || last === NOBODY_ID) {
    throw new UsageError(`owner: Bad value for "--${name}" option: "${value}"`);
  }
  return { first, last, negated };
}

function format({ first, last }: IdRange, nameOf?: (id: number) => string | undefined): string {
  if (first !== last) return `${first}-${last}`;
  return nameOf?.(first) ?? String(first);
}

/** What a packet's owner has besides its own group is not known. */
const withGroups = ({ gid }: OwnerTest): string =>
  gid
    ? "Podwire does not model owner --suppl-groups"
    : 'owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"';

const isOrdered = (range: IdRange | undefined): boolean => !range || range.first <= range.last;

const passes = (range: IdRange, id: number): boolean =>
  (id >= range.first && id <= range.last) !== range.negated;

export const owner = defineMatch<OwnerTest>({
  name: "owner",
  docs: { summary: "owner of the sending socket", examples: ["-m owner --uid-owner 1000"] },
  options: {
    "uid-owner": "argument",
    "gid-owner": "argument",
    "socket-exists": "flag",
    "suppl-groups": "flag",
  },
  negatable: ["uid-owner", "gid-owner", "socket-exists"],
  parse(options, { names }) {
    let test: OwnerTest = { uid: undefined, gid: undefined, socket: undefined };
    for (const option of options) {
      if (option.name === "uid-owner") test = { ...test, uid: parseIds(option, names.user) };
      else if (option.name === "gid-owner") test = { ...test, gid: parseIds(option, names.group) };
      else if (option.name === "socket-exists") {
        test = { ...test, socket: { negated: option.negated } };
      } else throw new UsageError(withGroups(test));
    }
    if (!test.uid && !test.gid && !test.socket) {
      throw new UsageError(
        "owner: At least one of --uid-owner, --gid-owner or --socket-exists is required",
      );
    }
    return test;
  },
  save({ uid, gid, socket }) {
    let text = socket ? `${not(socket.negated)} --socket-exists` : "";
    if (uid) text += `${not(uid.negated)} --uid-owner ${format(uid)}`;
    if (gid) text += `${not(gid.negated)} --gid-owner ${format(gid)}`;
    return text;
  },
  list({ uid, gid, socket }, names) {
    let text = socket ? `${not(socket.negated)} owner socket exists` : "";
    if (uid) text += `${not(uid.negated)} owner UID match ${format(uid, names?.userName)}`;
    if (gid) text += `${not(gid.negated)} owner GID match ${format(gid, names?.groupName)}`;
    return text;
  },
  check: ({ uid, gid }, context) =>
    isOrdered(uid) && isOrdered(gid) && onlyFrom(context, ["OUTPUT", "POSTROUTING"]),
  evaluate({ uid, gid, socket }, { packet }) {
    const { ownerUid, ownerGid } = packet;
    if (ownerUid === undefined || ownerGid === undefined)
      return socket?.negated === true && !uid && !gid;
    if (socket?.negated) return false;
    if (uid && !passes(uid, ownerUid)) return false;
    return !gid || passes(gid, ownerGid);
  },
});
