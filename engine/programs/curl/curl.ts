import { KernelError } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { concatBytes } from "../support/streams.ts";
import { parseUrl } from "../support/url.ts";
import { type CurlOptions, HELP, parseCurl, TRY_HELP, VERSION } from "./options.ts";
import { Progress } from "./progress.ts";
import { expandUrl, type Expanded, fillName, GlobError } from "./glob.ts";
import { postedBytes } from "./request.ts";
import { Client, type Output, TransferError } from "./transfer.ts";
import { emptyFacts, writeOut } from "./write-out.ts";

/** What stdio gathers before it writes to a pipe or a file. */
const STDOUT_BUFFER_BYTES = 4096;

const docs: ProgramDocs = {
  summary: "transfer a URL",
  synopsis: "curl [options / URLs]",
  options: [
    ["-d, --data <data>", "POST this; @file reads a file"],
    ["--data-raw, --data-binary, --data-urlencode <data>", "POST this, taken otherwise"],
    ["--json <data>", "POST JSON"],
    ["-f, --fail", "no output and status 22 for HTTP errors"],
    ["--fail-with-body", "status 22 for HTTP errors, with the output"],
    ["-G, --get", "the data goes into the URL"],
    ["-H, --header <header>", "another request header"],
    ["-I, --head", "the headers only"],
    ["-i, --include", "the headers too"],
    ["-D, --dump-header <file>", "the headers into a file"],
    ["-L, --location", "follow redirections"],
    ["--max-redirs <num>", "how many"],
    ["-o, --output <file>", "into a file"],
    ["-O, --remote-name", "into a file named as in the URL"],
    ["-s, --silent", "no progress, no errors"],
    ["-S, --show-error", "errors even with -s"],
    ["-v, --verbose", "tell what happens"],
    ["-w, --write-out <format>", "print figures afterwards"],
    ["-X, --request <method>", "another method"],
    ["-A, -e, -b, -r, -u", "user agent, referer, cookie, range, user:password"],
    ["-m, --max-time <seconds>", "limit for all of it"],
    ["--connect-timeout <seconds>", "limit for connecting"],
    ["--interface <name or address>", "local end"],
    ["--local-port <num[-num]>", "local port"],
    ["--resolve <host:port:address>", "address of a host"],
    ["--connect-to <host1:port1:host2:port2>", "connect elsewhere"],
    ["-0, --http1.0", "HTTP 1.0"],
    ["-N, --no-buffer", "write as it comes"],
    ["-#, --progress-bar", "a bar instead of the meter"],
    ["-k, --insecure", "taken, but https is not modelled"],
  ],
  examples: ["curl -v http://10.0.0.2/", "curl -s -o /dev/null -w '%{http_code}\\n' http://web/"],
  limitations: [
    "Plain HTTP only: after connecting, other protocols end with an error that says so.",
    "URLs are not globbed, there is no proxy and no IPv6.",
  ],
};

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = parseCurl(argv);
  if (!parsed.ok) {
    yield* sys.printError(parsed.text);
    return parsed.status;
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
  if (options.urls.length === 0) {
    yield* sys.printError(TRY_HELP);
    return 2;
  }
  const posted = yield* postedBytes(sys, options);
  const stdout = new BufferedStdout(sys, options.switches.has("no-buffer"));
  const client = new Client(sys, options);
  let status = 0;
  try {
    for (const [index, pattern] of options.urls.entries()) {
      for (const one of yield* expanded(sys, options, pattern)) {
        status =
          "status" in one
            ? one.status
            : yield* fetch(sys, options, client, one, index, posted, stdout);
        if (status !== 0 && options.switches.has("fail-early")) break;
      }
    }
  } finally {
    client.close();
  }
  yield* stdout.flush();
  return status;
}

/** The URLs that a word stands for, or what became of it. */
function* expanded(
  sys: Sys,
  options: CurlOptions,
  pattern: string,
): Blocking<readonly (Expanded | { readonly status: number })[]> {
  if (options.switches.has("globoff")) return [{ url: pattern, chosen: [] }];
  try {
    return expandUrl(pattern);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    if (!options.switches.has("silent") || options.switches.has("show-error")) {
      yield* sys.printError(`curl: (3) ${error.message}\n`);
    }
    return [{ status: 3 }];
  }
}

function* fetch(
  sys: Sys,
  options: CurlOptions,
  client: Client,
  { url, chosen }: Expanded,
  index: number,
  posted: Uint8Array | undefined,
  stdout: BufferedStdout,
): Blocking<number> {
  const { switches, values } = options;
  const facts = emptyFacts(url);
  const named = outputFile(options, url, index);
  const destination = named === undefined ? undefined : fillName(named, chosen);
  const file = destination === undefined ? undefined : new OutputFile(sys, destination);
  facts.file = destination;
  const progress = new Progress(sys, progressStyle(sys, options, file));
  const output = new CurlOutput(sys, options, stdout, file);
  let failure: TransferError | undefined;
  try {
    if (destination === "") throw new TransferError(23, NOTHING_WRITTEN);
    if (parseUrl(url)) yield* progress.begin();
    yield* client.transfer(url, posted, facts, progress, output);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    failure = error;
    facts.exitCode = error.code;
    facts.error = error.message;
  } finally {
    file?.close();
  }
  const isNameless = failure?.message === NOTHING_WRITTEN;
  const isHeard = !switches.has("silent") || switches.has("show-error");
  if (isNameless && isHeard) yield* sys.printError("curl: Remote file name has no length!\n");
  if (!isNameless && (!failure || ![3, 1, 6].includes(failure.code))) yield* progress.end();
  yield* output.endOfHeaders();
  if (failure && isHeard) {
    yield* sys.printError(`curl: (${failure.code}) ${failure.message}\n`);
  }
  const format = values.get("write-out");
  if (format !== undefined) {
    const text = writeOut(formatText(sys, format), facts);
    if (text.stderr !== "") yield* sys.printError(text.stderr);
    yield* stdout.write(encodeUtf8(text.stdout));
  }
  return failure?.code ?? 0;
}

const NOTHING_WRITTEN = "Failed writing received data to disk/application";

/** `@file` reads the format from a file. */
function formatText(sys: Sys, format: string): string {
  if (!format.startsWith("@")) return format;
  try {
    return sys.readTextFile(format.slice(1));
  } catch (error) {
    if (error instanceof KernelError) return "";
    throw error;
  }
}

/** Undefined: standard output; empty: -O with a URL that names no file. */
function outputFile(options: CurlOptions, url: string, index: number): string | undefined {
  const chosen = options.outputs[index];
  if (chosen === undefined) return undefined;
  if (chosen !== "remote-name") return chosen.file === "-" ? undefined : chosen.file;
  const path = parseUrl(url)?.target.replace(/\?.*$/, "") ?? "/";
  return path.slice(path.lastIndexOf("/") + 1);
}

/** No meter when what is fetched goes to the terminal that would show it. */
function progressStyle(
  sys: Sys,
  { switches }: CurlOptions,
  file: OutputFile | undefined,
): "meter" | "bar" | "none" {
  if (switches.has("silent") || switches.has("no-progress-meter")) return "none";
  if (!file && sys.isatty(1)) return "none";
  return switches.has("progress-bar") ? "bar" : "meter";
}

class BufferedStdout {
  private parts: Uint8Array[] = [];
  private length = 0;
  private readonly isDirect: boolean;

  constructor(
    private readonly sys: Sys,
    unbuffered: boolean,
  ) {
    this.isDirect = unbuffered || sys.isatty(1);
  }

  *write(data: Uint8Array): Blocking<void> {
    this.parts.push(data);
    this.length += data.length;
    if (this.isDirect || this.length >= STDOUT_BUFFER_BYTES) yield* this.flush();
  }

  *flush(): Blocking<void> {
    const { parts } = this;
    if (this.length === 0) return;
    this.parts = [];
    this.length = 0;
    yield* this.sys.write(1, concatBytes(parts));
  }
}

/** Made when the first byte comes. */
class OutputFile {
  private fd: number | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly path: string,
  ) {}

  *write(data: Uint8Array): Blocking<boolean> {
    try {
      this.fd ??= this.sys.open(this.path, { write: true, create: true, truncate: true }, 0o644);
      yield* this.sys.write(this.fd, data);
      return true;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  }

  close(): void {
    if (this.fd !== undefined) this.sys.close(this.fd);
    this.fd = undefined;
  }
}

class CurlOutput implements Output {
  private readonly isVerbose: boolean;
  /** Data was announced and nothing else has been said since. */
  private dataShown = false;
  private headers = "";

  constructor(
    private readonly sys: Sys,
    private readonly options: CurlOptions,
    private readonly stdout: BufferedStdout,
    private readonly file: OutputFile | undefined,
  ) {
    this.isVerbose = options.switches.has("verbose");
  }

  private *say(text: string): Blocking<void> {
    this.dataShown = false;
    if (this.isVerbose) yield* this.sys.printError(text);
  }

  info(text: string): Blocking<void> {
    return this.say(`* ${text}\n`);
  }

  headerOut(text: string): Blocking<void> {
    return this.say(text.replace(/^(?=.)|(?<=\n)(?=[^])/g, "> "));
  }

  headerIn(line: string): Blocking<void> {
    return this.say(`< ${line}`);
  }

  dataOut(bytes: number): Blocking<void> {
    return this.announceData("}", bytes);
  }

  dataIn(bytes: number): Blocking<void> {
    return this.announceData("{", bytes);
  }

  private *announceData(mark: string, bytes: number): Blocking<void> {
    if (this.dataShown || !this.isVerbose) return;
    // On a terminal the data itself is seen.
    if (this.sys.isatty(1)) return;
    this.dataShown = true;
    yield* this.sys.printError(`${mark} [${bytes} bytes data]\n`);
  }

  *header(line: string): Blocking<void> {
    const { switches, values } = this.options;
    if (values.has("dump-header")) this.headers += line;
    if (switches.has("include") || switches.has("head")) yield* this.body(encodeUtf8(line));
  }

  *body(data: Uint8Array): Blocking<boolean> {
    if (this.file) return yield* this.file.write(data);
    yield* this.stdout.write(data);
    return true;
  }

  /** -D FILE */
  *endOfHeaders(): Blocking<void> {
    const path = this.options.values.get("dump-header");
    if (path === undefined || this.headers === "") return;
    if (path === "-") yield* this.stdout.write(encodeUtf8(this.headers));
    else this.sys.writeFile(path, this.headers);
  }
}

export const curl: Program = { name: "curl", package: "curl", directory: "/usr/bin", docs, main };
