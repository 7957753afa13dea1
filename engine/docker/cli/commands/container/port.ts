import { quote } from "../../../../programs/support/go/quote.ts";
import { integerProblem } from "../../../../programs/support/go/pflag.ts";
import type { PortBinding } from "../../../api/container.ts";
import { CliError, type Cli } from "../../cli.ts";
import { between, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";

function address({ HostIp, HostPort }: PortBinding, recent: boolean): string {
  return HostIp.includes(":") && recent ? `[${HostIp}]:${HostPort}` : `${HostIp}:${HostPort}`;
}

/** `80` or `80/udp`, as a key of the port map. */
function portKey(cli: Cli, text: string): string {
  const [port = "", protocol = "tcp"] = text.split("/");
  const problem = integerProblem(port, "uint16");
  if (problem !== undefined) {
    throw new CliError(
      cli.recent ? `Error: invalid port (${port}): ${problem}` : `Invalid port: ${quote(port)}`,
    );
  }
  return `${port}/${protocol}`;
}

export const port = defineCommand({
  path: "container port",
  shortcut: "port",
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  summary: "List port mappings or a specific mapping for the container",
  flags: {},
  args: between(1, 2),
  *run(cli, { args }) {
    const [name = "", wanted] = args;
    const container = cli.lookUp("container", name, () => cli.engine.containerInspect(name));
    const { Ports } = container.NetworkSettings;
    const bound = (key: string) =>
      (Ports[key] ?? []).map((binding) => address(binding, cli.recent));
    if (wanted !== undefined) {
      const key = portKey(cli, wanted);
      const lines = bound(key);
      if (lines.length === 0) {
        const shown = cli.recent ? wanted : key;
        throw new CliError(`Error: No public port '${shown}' published for ${name}`);
      }
      yield* cli.print(`${lines.sort().join("\n")}\n`);
      return 0;
    }
    const lines = Object.keys(Ports).flatMap((key) => bound(key).map((to) => `${key} -> ${to}\n`));
    yield* cli.print(lines.sort(naturally).join(""));
    return 0;
  },
  complete: (cli, before) =>
    before.length === 0 ? containerNames(cli, isRunning) : { candidates: [] },
});

/** Ports by number: 80 before 443. */
function naturally(a: string, b: string): number {
  return parseInt(a, 10) - parseInt(b, 10) || (a < b ? -1 : 1);
}
