import { openLab, type CommandOutcome, type HeadlessLab } from "../../engine/headless.ts";
import { Failure, UsageError } from "./failure.ts";
import type { Output } from "./output.ts";
import { serveDockerApi, type DockerApiOrder } from "./docker-api.ts";
import { describeProblem, readText, writeText } from "./files.ts";

interface Order {
  readonly host: string;
  readonly command: string;
}

interface RunOptions {
  readonly lab: string;
  readonly orders: readonly Order[];
  readonly seconds: number;
  readonly json: boolean;
  readonly save: string | undefined;
  readonly dockerApi: readonly DockerApiOrder[];
}

export function run(args: readonly string[], output: Output): number | Promise<number> {
  const options = parseOptions(args);
  const opened = openLab(readText(options.lab));
  if (!opened.ok) {
    const lines = opened.problems.map((problem) => describeProblem(options.lab, problem));
    throw new Failure(lines.join("\n"));
  }
  const lab = opened.value;
  for (const host of [...options.orders, ...options.dockerApi].map((order) => order.host)) {
    if (!lab.hosts.includes(host)) {
      throw new Failure(
        `there is no machine "${host}" in the lab; there is ${lab.hosts.join(", ")}`,
      );
    }
  }
  if (options.seconds > 0) lab.pass(options.seconds);
  const status = options.json
    ? runAsJson(lab, options.orders, output)
    : runAsText(lab, options.orders, output);
  const save = () => {
    if (options.save !== undefined) writeText(options.save, lab.save());
  };
  if (options.dockerApi.length === 0) {
    save();
    return status;
  }
  return serveDockerApi(lab.session(), options.dockerApi, output).then(() => {
    save();
    return status;
  });
}

function runAsText(lab: HeadlessLab, orders: readonly Order[], output: Output): number {
  let status = 0;
  for (const { host, command } of orders) {
    const outcome = lab.run(host, command);
    output.print(outcome.stdout);
    output.error(outcome.stderr);
    if (outcome.exit !== 0) status = outcome.exit;
  }
  return status;
}

function runAsJson(lab: HeadlessLab, orders: readonly Order[], output: Output): number {
  const outcomes: (Order & CommandOutcome)[] = [];
  for (const { host, command } of orders)
    outcomes.push({ host, command, ...lab.run(host, command) });
  output.print(`${JSON.stringify({ lab: lab.name, commands: outcomes }, null, 1)}\n`);
  return outcomes.findLast((outcome) => outcome.exit !== 0)?.exit ?? 0;
}

// ------------------------------------------------------------------ the command line

function parseOptions(args: readonly string[]): RunOptions {
  const orders: Order[] = [];
  const words: string[] = [];
  const dockerApi: DockerApiOrder[] = [];
  let host: string | undefined;
  let seconds = 0;
  let json = false;
  let save: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const word = args[index] as string;
    const value = (): string => {
      index += 1;
      const next = args[index];
      if (next === undefined) throw new UsageError(`${word} needs a value`);
      return next;
    };
    switch (word) {
      case "--host":
        host = value();
        break;
      case "--command": {
        if (host === undefined) throw new UsageError("--command needs a --host before it");
        orders.push({ host, command: value() });
        break;
      }
      case "--script":
        orders.push(...parseScript(value()));
        break;
      case "--seconds": {
        const text = value();
        seconds = Number(text);
        if (text.trim() === "" || !(seconds >= 0 && seconds <= 1e6)) {
          throw new UsageError(`--seconds takes a number, not "${text}"`);
        }
        break;
      }
      case "--json":
        json = true;
        break;
      case "--docker-api":
        dockerApi.push(parseDockerApi(value()));
        break;
      case "--save":
        save = value();
        break;
      default:
        if (word.startsWith("-") && word !== "-") throw new UsageError(`unknown option "${word}"`);
        words.push(word);
    }
  }
  const [lab, ...more] = words;
  if (lab === undefined) throw new UsageError("expected a lab file");
  if (more.length > 0) throw new UsageError(`expected one lab file, not "${more[0]}" as well`);
  return { lab, orders, seconds, json, save, dockerApi };
}

/** `MACHINE=SOCKET`, or `MACHINE`: then the socket gets a fresh place. */
function parseDockerApi(text: string): DockerApiOrder {
  const [host = "", ...path] = text.split("=");
  if (host === "" || (path.length > 0 && path.join("=") === "")) {
    throw new UsageError(`--docker-api takes MACHINE=SOCKET, not "${text}"`);
  }
  return { host, path: path.length === 0 ? undefined : path.join("=") };
}

/** `HOST: COMMAND`, one a line. */
function parseScript(path: string): Order[] {
  const orders: Order[] = [];
  readText(path)
    .split("\n")
    .forEach((line, index) => {
      if (/^\s*(#|$)/.test(line)) return;
      const match = /^\s*([^\s:]+):\s*(.+?)\s*$/.exec(line);
      if (!match) throw new Failure(`${path}:${index + 1}: expected "HOST: COMMAND"`);
      orders.push({ host: match[1] as string, command: match[2] as string });
    });
  return orders;
}
