import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { averageRate, durationText, humanReadable } from "./gauge.ts";
import { HELP, VERSION } from "./help.ts";
import { Log } from "./log.ts";
import { parseWget, USAGE_HINT, type WgetOptions } from "./options.ts";
import { Retriever, STATUS_GENERIC } from "./retrieve.ts";

const STATUS_USAGE = 2;

const docs: ProgramDocs = {
  summary: "the non-interactive network downloader",
  synopsis: "wget [option]... [URL]...",
  options: [
    ["-q, --quiet", "say nothing"],
    ["-nv, --no-verbose", "say little"],
    ["-O, --output-document=FILE", "into this file; - is standard output"],
    ["-o, --output-file=FILE", "what it says goes into this file"],
    ["-P, --directory-prefix=DIR", "into this directory"],
    ["-nc, --no-clobber", "leave files alone that are there"],
    ["-S, --server-response", "show the headers"],
    ["-T, --timeout=SECONDS", "time limits, also --connect-timeout and --read-timeout"],
    ["-t, --tries=NUMBER", "how often it is tried"],
    ["-i, --input-file=FILE", "URLs from a file"],
    ["-U, --user-agent=AGENT", "another user agent"],
    ["--spider", "only look whether it is there"],
    ["--header, --referer, --method, --post-data, --body-data", "parts of the request"],
    ["--max-redirect=NUMBER", "how many redirections are followed"],
    ["--bind-address=ADDRESS", "local address"],
    ["--retry-connrefused, --waitretry=SECONDS", "when and how soon it is tried again"],
    ["--progress=dot|bar", "how progress is shown"],
  ],
  examples: ["wget -qO- http://10.0.0.2/", "wget --spider http://web/"],
  limitations: ["Plain HTTP only; no recursion, no proxies, no continuing."],
};

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = parseWget(argv);
  if (!parsed.ok) {
    yield* sys.printError(parsed.text);
    return STATUS_USAGE;
  }
  const { options } = parsed;
  if (options.switches.has("help")) {
    yield* sys.print(HELP);
    return 0;
  }
  if (options.switches.has("version")) {
    yield* sys.print(VERSION);
    return 0;
  }
  const log = new Log(sys, options);
  const urls = [...options.urls];
  const list = options.values.get("input-file");
  if (list !== undefined) {
    const fromFile = readList(sys, list);
    if (typeof fromFile === "string") {
      yield* log.notice(`${fromFile}No URLs found in ${list}.\n`);
      return STATUS_GENERIC;
    }
    urls.push(...fromFile);
  }
  if (urls.length === 0) {
    yield* sys.printError(`wget: missing URL\n${USAGE_HINT}`);
    return STATUS_GENERIC;
  }
  const document = openDocument(sys, options);
  if (typeof document === "string") {
    yield* sys.printError(document);
    return STATUS_GENERIC;
  }
  const retriever = new Retriever(sys, options, log, document);
  const startNs = sys.monotonicNs();
  let status = 0;
  try {
    for (const url of urls) status = worse(status, yield* retriever.retrieve(url));
  } finally {
    retriever.close();
  }
  const { files, bytes, elapsedNs } = retriever.totals;
  if (urls.length > 1 && bytes > 0) {
    yield* log.verbose(
      `FINISHED --${log.now}--\n` +
        `Total wall clock time: ${durationText(sys.monotonicNs() - startNs)}\n` +
        `Downloaded: ${files} files, ${humanReadable(bytes)} in ${durationText(elapsedNs)} ` +
        `(${averageRate(bytes, elapsedNs)})\n`,
    );
  }
  return status;
}

/** The smaller of two statuses that are not 0 wins, wget(1) "EXIT STATUS". */
function worse(a: number, b: number): number {
  if (a === 0 || b === 0) return a || b;
  return Math.min(a, b);
}

function readList(sys: Sys, path: string): readonly string[] | string {
  try {
    return sys
      .readTextFile(path)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  } catch (error) {
    if (error instanceof KernelError) return `${path}: ${strerror(error.errno)}\n`;
    throw error;
  }
}

/** The descriptor of -O, undefined without it, or what is wrong. */
function openDocument(sys: Sys, options: WgetOptions): number | undefined | string {
  const path = options.values.get("output-document");
  if (path === undefined || options.switches.has("spider")) return undefined;
  if (path === "-") return 1;
  try {
    return sys.open(path, { write: true, create: true, truncate: true }, 0o644);
  } catch (error) {
    if (error instanceof KernelError) return `${path}: ${strerror(error.errno)}\n`;
    throw error;
  }
}

export const wget: Program = { name: "wget", package: "wget", directory: "/usr/bin", docs, main };
