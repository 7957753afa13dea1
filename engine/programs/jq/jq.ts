/** jq 1.6, the JSON processor. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import { MILLISECOND } from "../../sim/clock.ts";
import { byteString } from "../support/bytes.ts";
import { Output } from "../support/output.ts";
import { Halt, NATIVES } from "./builtins.ts";
import { undefinedNames } from "./check.ts";
import { environmentObject, type Env, Evaluator } from "./evaluator.ts";
import { HELP } from "./help.ts";
import { Inputs } from "./inputs.ts";
import { array, isTrue, JqError, JqLimit, type Json, jsonText, type Style } from "./json.ts";
import { ParseError, parseAll } from "./json-parser.ts";
import { library } from "./library.ts";
import { argumentsObject, type Binding, type JqOptions, readOptions } from "./options.ts";
import { parseProgram } from "./parser.ts";
import { type Node, SyntaxProblem } from "./syntax.ts";

const STATUS_USAGE = 2;
const STATUS_COMPILE = 3;
const STATUS_NO_OUTPUT = 4;
const STATUS_ERROR = 5;

/** Ends jq with a status, after a message. */
class Failure extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(text);
  }
}

const SEE_HELP =
  "Use jq --help for help with command-line options,\n" +
  "or see the jq manpage, or online docs  at https://stedolan.github.io/jq\n";

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const options = readOptions(argv.slice(1), parseOne);
  if ("problem" in options) {
    yield* sys.printError(`jq: ${options.problem}\n${SEE_HELP}`);
    return STATUS_USAGE;
  }
  if (options.flags.has("help")) {
    yield* sys.print(HELP);
    return 0;
  }
  if (options.flags.has("version")) {
    yield* sys.print("jq-1.6\n");
    return 0;
  }
  if (options.program === undefined && sys.isatty(0)) {
    yield* sys.printError(HELP);
    return STATUS_USAGE;
  }
  const out = new Output(sys);
  try {
    return yield* run(sys, options, out);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    yield* sys.printError(error.text);
    return error.status;
  } finally {
    yield* out.flush();
  }
}

/** The one JSON value of a text. */
function parseOne(text: string): Json | undefined {
  try {
    const values = parseAll(text);
    return values.length === 1 ? values[0] : undefined;
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function* run(sys: Sys, options: JqOptions, out: Output): Blocking<number> {
  const { flags } = options;
  const named = new Map(options.variables.map((one) => [one.name, readBinding(sys, one)]));
  const text = flags.has("from-file") ? readProgram(sys, options.program ?? ".") : options.program;
  const program = compile(text ?? ".", named);
  const inputs = new Inputs(sys, options.files, {
    raw: flags.has("raw-input"),
    slurp: flags.has("slurp"),
  });
  const evaluator = new Evaluator(
    {
      pause: () => computing(sys),
      nextInput: () => inputs.next(),
      debug: (line) => sys.printError(line),
      environment: sys.env,
      nowSeconds: () => sys.realtimeSeconds(),
      inputName: () => inputs.fileName,
      inputLine: () => inputs.lines,
    },
    NATIVES,
    library(),
  );
  const env = variables(sys, options, named);
  const session = new Session(sys, options, out, inputs, (value, emit) =>
    evaluator.run(program, env, value, undefined, emit),
  );
  return yield* session.run();
}

/** What a thousand steps take, that a computation costs the lab's time. */
const PAUSE_NS = MILLISECOND;

function* computing(sys: Sys): Blocking<void> {
  try {
    yield* sys.sleep(PAUSE_NS);
  } catch (error) {
    // A signal that is handled does not disturb it.
    if (!(error instanceof KernelError)) throw error;
  }
}

function variables(sys: Sys, options: JqOptions, named: ReadonlyMap<string, Json>): Env {
  const all = new Map<string, Json>([
    ["ENV", environmentObject(sys.env)],
    ["ARGS", argumentsObject(options.positional, named)],
    ...named,
  ]);
  return [...all].reduce<Env>(
    (outer, [name, value]) => ({ name: `$${name}`, outer, kind: "value", value }),
    undefined,
  );
}

function readBinding(sys: Sys, { name, from, word }: Binding): Json {
  if (from === "text") return word;
  if (from === "json") {
    const value = parseOne(word);
    if (value !== undefined) return value;
    throw new Failure(STATUS_USAGE, `jq: invalid JSON text passed to --argjson\n${SEE_HELP}`);
  }
  try {
    const text = sys.readTextFile(word);
    return from === "rawfile" ? text : array(parseAll(text));
  } catch (error) {
    if (!(error instanceof KernelError) && !(error instanceof ParseError)) throw error;
    const reason =
      error instanceof KernelError
        ? `Could not open ${word}: ${strerror(error.errno)}`
        : error.message;
    throw new Failure(STATUS_USAGE, `jq: Bad JSON in --${from} ${name} ${word}: ${reason}\n`);
  }
}

function readProgram(sys: Sys, path: string): string {
  try {
    return sys.readTextFile(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const reason = error.errno === "EISDIR" ? "It's a directory" : strerror(error.errno);
    throw new Failure(STATUS_USAGE, `jq: error: Could not open ${path}: ${reason}\n`);
  }
}

function compile(source: string, named: ReadonlyMap<string, Json>): Node {
  let problems: readonly SyntaxProblem[];
  try {
    const program = parseProgram(source);
    problems = undefinedNames(
      program,
      ["ENV", "ARGS", ...named.keys()],
      (name) => NATIVES.has(name) || isInLibrary(name),
    );
    if (problems.length === 0) return program;
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    problems = [error, ...error.also.map((message) => new SyntaxProblem(message, 0))];
  }
  const count = problems.length === 1 ? "1 compile error" : `${problems.length} compile errors`;
  const text = problems.map((problem) => problemText(source, problem)).join("");
  throw new Failure(STATUS_COMPILE, `${text}jq: ${count}\n`);
}

function isInLibrary(name: string): boolean {
  for (let one = library(); one; one = one.outer) if (one.name === name) return true;
  return false;
}

/** The line of the program, and blanks up to the column; locfile_locate(). */
function problemText(source: string, { message, at }: SyntaxProblem): string {
  const before = source.slice(0, at);
  const start = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  const end = source.indexOf("\n", at);
  const shown = source.slice(start, end < 0 ? undefined : end);
  const blanks = " ".repeat(at - start);
  return `jq: error: ${message} at <top-level>, line ${line}:\n${shown}${blanks}\n`;
}

type Filter = (value: Json, emit: (out: Json) => Blocking<void>) => Blocking<void>;

/** The inputs one after the other, and what is printed of them. */
class Session {
  private readonly style: Style;
  private status = 0;
  private last: Json | undefined;
  private hasInput = false;

  constructor(
    private readonly sys: Sys,
    private readonly options: JqOptions,
    private readonly out: Output,
    private readonly inputs: Inputs,
    private readonly filter: Filter,
  ) {
    const { flags, indent } = options;
    this.style = {
      indent,
      sortKeys: flags.has("sort-keys"),
      ascii: flags.has("ascii-output"),
      colour: flags.has("color-output") || (sys.isatty(1) && !flags.has("monochrome-output")),
    };
    if (flags.has("unbuffered")) out.buffering = "none";
  }

  *run(): Blocking<number> {
    try {
      yield* this.processAll();
    } catch (error) {
      if (error instanceof Halt) return yield* this.halt(error);
      if (!(error instanceof ParseError)) throw error;
      yield* this.sys.printError(`parse error: ${error.message}\n`);
      return STATUS_NO_OUTPUT;
    }
    if (this.inputs.failed) return STATUS_USAGE;
    if (this.status !== 0) return this.status;
    if (!this.options.flags.has("exit-status") || !this.hasInput) return 0;
    if (this.last === undefined) return STATUS_NO_OUTPUT;
    return isTrue(this.last) ? 0 : 1;
  }

  private *processAll(): Blocking<void> {
    if (this.options.flags.has("null-input")) {
      yield* this.process(null);
      return;
    }
    for (;;) {
      const value = yield* this.inputs.next();
      if (value === undefined) return;
      yield* this.process(value);
    }
  }

  private *process(value: Json): Blocking<void> {
    this.hasInput = true;
    try {
      yield* this.filter(value, (out) => this.print(out));
      this.status = 0;
    } catch (error) {
      if (error instanceof JqError) {
        this.status = STATUS_ERROR;
        yield* this.sys.printError(this.errorText(error.value));
        return;
      }
      if (error instanceof JqLimit)
        throw new Failure(STATUS_ERROR, `jq: Podwire does not model ${error.message}\n`);
      if (error instanceof RangeError)
        throw new Failure(STATUS_ERROR, "jq: Podwire does not model recursion as deep as this\n");
      throw error;
    }
  }

  private errorText(value: Json): string {
    const at = this.inputs.wasAsked ? this.inputs.place : "<unknown>";
    if (typeof value === "string") return `jq: error (at ${at}): ${value}\n`;
    return `jq: error (at ${at}) (not a string): ${jsonText(value)}\n`;
  }

  private *print(value: Json): Blocking<void> {
    const { flags } = this.options;
    this.last = value;
    const isRaw = flags.has("raw-output") || flags.has("join-output");
    const isText = isRaw && typeof value === "string" && !flags.has("ascii-output");
    const text = isText ? value : jsonText(value, this.style);
    yield* this.out.write(byteString(flags.has("join-output") ? text : `${text}\n`));
  }

  private *halt({ status, message }: Halt): Blocking<number> {
    if (typeof message === "string") yield* this.sys.printError(message);
    else if (message !== undefined && message !== null) {
      yield* this.sys.printError(`${jsonText(message)}\n`);
    }
    return status;
  }
}

export const jq: Program = {
  name: "jq",
  package: "jq",
  directory: "/usr/bin",
  docs: {
    summary: "command-line JSON processor",
    synopsis: "jq [options] <jq filter> [file...]",
    options: [
      ["-s, --slurp", "read all inputs into one array"],
      ["-R, --raw-input", "each line of the input is a string"],
      ["-n, --null-input", "the input is null"],
      ["-r, --raw-output", "strings as they are"],
      ["-j, --join-output", "like -r, and without newlines"],
      ["-c, --compact-output", "a value on one line"],
      ["-a, --ascii-output", "other characters as escapes"],
      ["-S, --sort-keys", "keys in order"],
      ["-C, --color-output", "with colours"],
      ["-M, --monochrome-output", "without colours"],
      ["--tab", "indent with tabs"],
      ["--indent=N", "indent by N blanks, at most 7"],
      ["-e, --exit-status", "the exit status tells of the last output"],
      ["-f, --from-file", "the filter is in a file"],
      ["--arg=NAME VALUE", "sets $NAME to a string"],
      ["--argjson=NAME JSON", "sets $NAME to a JSON value"],
      ["--slurpfile=NAME FILE", "sets $NAME to the values of a file"],
      ["--rawfile=NAME FILE", "sets $NAME to the text of a file"],
      ["--args", "the other words are strings of $ARGS"],
      ["--jsonargs", "the other words are JSON values of $ARGS"],
      ["--unbuffered", "write each output at once"],
      ["-h, --help", "this help"],
      ["-V, --version", "the version"],
    ],
    examples: ["jq -r '.items[].metadata.name' pods.json", "curl -s http://10.0.0.2/ | jq ."],
    limitations: [
      "Regular expressions are RE2's: without look-around and back-references.",
      "Not modelled: modules, ?//, @base32, --seq, --stream, --argfile.",
      "A value has at most a million parts; recursion ends at 2000 filters within each other.",
    ],
  },
  main,
};
