import { DNS_TYPE_A, DNS_TYPE_PTR } from "../../net/dns.ts";
import { parseType, reverseOf } from "./text.ts";

/** What is printed of an answer. */
export interface Shown {
  cmd: boolean;
  comments: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  stats: boolean;
  short: boolean;
}

export interface DigQuery {
  readonly name: string;
  readonly type: number;
  /** @SERVER as typed; undefined: those of resolv.conf. */
  readonly server: string | undefined;
  readonly port: number;
  readonly timeoutSeconds: number;
  readonly tries: number;
  readonly recursion: boolean;
  readonly edns: boolean;
  readonly search: boolean;
  readonly shown: Shown;
}

export type ParsedDig =
  | { readonly kind: "run"; readonly queries: readonly DigQuery[] }
  | { readonly kind: "version" | "help" }
  | { readonly kind: "error"; readonly text: string };

const FLAGS: readonly (keyof Shown)[] = [
  "cmd",
  "comments",
  "question",
  "answer",
  "authority",
  "additional",
  "stats",
  "short",
];

const UNMODELLED =
  /^(tcp|vc|trace|nssearch|dnssec|do|multiline|cookie|subnet|bufsize|ttlunits|yaml|json|keepopen|besteffort|aaflag|adflag|cdflag|fail|ignore|identify|nsid|onesoa|opcode|padding|qr|rrcomments|crypto|showsearch|split|sigchase|ttlid|class|unknownformat|zflag|expandaaaa|ednsopt|ednsflags|expire|header-only|idn|https|tls|proxy)/;

export const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

interface Draft {
  name?: string;
  type?: number;
  server?: string;
  port: number;
  timeoutSeconds: number;
  tries: number;
  recursion: boolean;
  edns: boolean;
  search: boolean;
  shown: Shown;
}

const DEFAULTS: Draft = {
  port: 53,
  timeoutSeconds: 5,
  tries: 3,
  recursion: true,
  edns: true,
  search: false,
  shown: {
    cmd: true,
    comments: true,
    question: true,
    answer: true,
    authority: true,
    additional: true,
    stats: true,
    short: false,
  },
};

class Bad extends Error {}

export function parseDig(argv: readonly string[]): ParsedDig {
  try {
    return interpret(argv);
  } catch (error) {
    if (error instanceof Bad) return { kind: "error", text: error.message };
    throw error;
  }
}

/** What stands before the first name is for every query; what follows a name, for that one. */
function interpret(argv: readonly string[]): ParsedDig {
  const global: Draft = { ...DEFAULTS, shown: { ...DEFAULTS.shown } };
  const drafts: Draft[] = [];
  const words = argv.slice(1);
  const begin = (name: string, type?: number): void => {
    const draft: Draft = { ...global, shown: { ...global.shown }, name };
    if (type !== undefined) draft.type = type;
    drafts.push(draft);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const current = drafts.at(-1) ?? global;
    const value = (): string => {
      if (word.length > 2) return word.slice(2);
      at += 1;
      const next = words[at];
      if (next === undefined) throw new Bad(`Invalid option: ${word}\n${USAGE}`);
      return next;
    };
    if (word.startsWith("@")) current.server = word.slice(1);
    else if (word.startsWith("+")) plusOption(word, current);
    else if (word === "-h") return { kind: "help" };
    else if (word === "-v") return { kind: "version" };
    else if (word === "-4" || word === "-r") continue;
    else if (word.startsWith("-x")) {
      const text = value();
      const name = reverseOf(text);
      if (name === undefined) throw new Bad(`Invalid IP address ${text}\n`);
      begin(name, DNS_TYPE_PTR);
    } else if (word.startsWith("-p")) current.port = numberOf(value(), "port number");
    else if (word.startsWith("-t")) current.type = typeOf(value());
    else if (word.startsWith("-q")) begin(value());
    else if (/^-[6bcfikmuy]/.test(word)) {
      throw new Bad(`dig: Podwire does not model the option '${word.slice(0, 2)}'\n`);
    } else if (word.startsWith("-")) throw new Bad(`Invalid option: ${word}\n${USAGE}`);
    else if (word.toUpperCase() === "IN") continue;
    else {
      const type = parseType(word);
      if (type !== undefined) current.type = type;
      else begin(word);
    }
  }
  if (drafts.length === 0) begin("", 2);
  return {
    kind: "run",
    queries: drafts.map((draft) => ({
      ...draft,
      name: draft.name ?? "",
      type: draft.type ?? DNS_TYPE_A,
      server: draft.server ?? global.server,
    })),
  };
}

function typeOf(text: string): number {
  const type = parseType(text);
  if (type === undefined) throw new Bad(`;; Warning, ignoring invalid type ${text}\n`);
  return type;
}

function numberOf(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new Bad(`Couldn't parse ${what} '${text}'\n`);
  return Number(text);
}

function plusOption(word: string, draft: Draft): void {
  const [typed = "", value = ""] = word.slice(1).toLowerCase().split("=");
  const on = !typed.startsWith("no");
  const name = on ? typed : typed.slice(2);
  const { shown } = draft;
  if (name === "all") {
    for (const flag of FLAGS) if (flag !== "short" && flag !== "cmd") shown[flag] = on;
    shown.cmd = on;
    return;
  }
  const flag = name === "" ? undefined : FLAGS.find((known) => known.startsWith(name));
  if (name === "time" || name === "timeout") {
    draft.timeoutSeconds = Math.max(1, numberOf(value, "timeout"));
  } else if (name === "tries") draft.tries = Math.max(1, numberOf(value, "tries"));
  else if (name === "retry") draft.tries = numberOf(value, "retries") + 1;
  else if (["rec", "recurse", "rdflag"].includes(name)) draft.recursion = on;
  else if (name === "edns") draft.edns = on;
  else if (name === "search" || name === "defname") draft.search = on;
  else if (UNMODELLED.test(name)) {
    if (on) throw new Bad(`dig: Podwire does not model the option '${word}'\n`);
  } else if (flag) {
    shown[flag] = on;
    if (flag === "short" && on) {
      for (const other of FLAGS) if (other !== "short" && other !== "answer") shown[other] = false;
    }
  } else throw new Bad(`Invalid option: ${word}\n${USAGE}`);
}
