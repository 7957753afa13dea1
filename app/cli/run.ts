import type { CommandOutcome, HeadlessLab } from "../../engine/headless.ts";
import { UsageError } from "./failure.ts";
import type { Output } from "./output.ts";
import { serveDockerApi, type DockerApiOrder } from "./docker-api.ts";
import { writeText } from "./files.ts";
import { openLabWith, OrderReader, type Order } from "./orders.ts";
import { Words } from "./words.ts";

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
  const hosts = [...options.orders, ...options.dockerApi].map((order) => order.host);
  const lab = openLabWith(options.lab, hosts);
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

function parseOptions(args: readonly string[]): RunOptions {
  const words = new Words(args);
  const reader = new OrderReader();
  const dockerApi: DockerApiOrder[] = [];
  let seconds = 0;
  let json = false;
  let save: string | undefined;
  for (let word = words.next(); word !== undefined; word = words.next()) {
    switch (word) {
      case "--seconds":
        seconds = words.number(word, 0, 1e6);
        break;
      case "--json":
        json = true;
        break;
      case "--docker-api":
        dockerApi.push(parseDockerApi(words.value(word)));
        break;
      case "--save":
        save = words.value(word);
        break;
      default:
        reader.take(word, words);
    }
  }
  return { lab: reader.lab, orders: reader.orders, seconds, json, save, dockerApi };
}

/** `MACHINE=SOCKET`, or `MACHINE`: then the socket gets a fresh place. */
function parseDockerApi(text: string): DockerApiOrder {
  const [host = "", ...path] = text.split("=");
  if (host === "" || (path.length > 0 && path.join("=") === "")) {
    throw new UsageError(`--docker-api takes MACHINE=SOCKET, not "${text}"`);
  }
  return { host, path: path.length === 0 ? undefined : path.join("=") };
}
