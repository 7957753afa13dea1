import type { ContainerUpdate } from "../../../api/container.ts";
import { CliError, type Cli } from "../../cli.ts";
import { atLeast, defineCommand, type FlagValues } from "../../command.ts";
import { containerNames } from "../../completion.ts";
import { parseRestartPolicy } from "../../run/container-body.ts";

function changes(cli: Cli, flags: FlagValues): ContainerUpdate {
  const numbers = [
    ["cpu-shares", "CpuShares"],
    ["cpu-period", "CpuPeriod"],
    ["cpu-quota", "CpuQuota"],
    ["blkio-weight", "BlkioWeight"],
    ["pids-limit", "PidsLimit"],
  ] as const;
  const sizes = [
    ["memory", "Memory"],
    ["memory-reservation", "MemoryReservation"],
    ["memory-swap", "MemorySwap"],
  ] as const;
  const texts = [
    ["cpuset-cpus", "CpusetCpus"],
    ["cpuset-mems", "CpusetMems"],
  ] as const;
  const out: Record<string, unknown> = {};
  for (const [flag, key] of numbers) if (flags.has(flag)) out[key] = flags.integer(flag);
  for (const [flag, key] of sizes) if (flags.has(flag)) out[key] = flags.bytes(flag);
  for (const [flag, key] of texts) if (flags.has(flag)) out[key] = flags.text(flag);
  if (flags.has("cpus")) out["NanoCpus"] = Math.round(Number(flags.text("cpus")) * 1e9);
  const restart = flags.text("restart");
  if (restart !== undefined) out["RestartPolicy"] = parseRestartPolicy(restart, cli.recent);
  return out;
}

export const update = defineCommand({
  path: "container update",
  shortcut: "update",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Update configuration of one or more containers",
  flags: {
    "--blkio-weight uint16":
      "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)",
    "--cpu-period int": "Limit CPU CFS (Completely Fair Scheduler) period",
    "--cpu-quota int": "Limit CPU CFS (Completely Fair Scheduler) quota",
    "--cpu-rt-period int": "Limit the CPU real-time period in microseconds",
    "--cpu-rt-runtime int": "Limit the CPU real-time runtime in microseconds",
    "-c, --cpu-shares int": "CPU shares (relative weight)",
    "--cpus decimal": "Number of CPUs",
    "--cpuset-cpus string": "CPUs in which to allow execution (0-3, 0,1)",
    "--cpuset-mems string": "MEMs in which to allow execution (0-3, 0,1)",
    "--kernel-memory bytes": [undefined, "Kernel memory limit"],
    "-m, --memory bytes": "Memory limit",
    "--memory-reservation bytes": "Memory soft limit",
    "--memory-swap bytes": [
      "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
      "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    ],
    "--pids-limit int": "Tune container pids limit (set -1 for unlimited)",
    "--restart string": "Restart policy to apply when a container exits",
  },
  args: atLeast(1),
  unmodelled: ["cpu-rt-period", "cpu-rt-runtime", "kernel-memory"],
  *run(cli, { args, flags }) {
    const wanted = changes(cli, flags);
    if (Object.keys(wanted).length === 0) {
      throw new CliError("you must provide one or more flags when using this command");
    }
    const warnings: string[] = [];
    const status = yield* cli.forEach(args, function* (name) {
      warnings.push(...(cli.engine.containerUpdate(name, wanted).Warnings ?? []));
    });
    if (warnings.length > 0) yield* cli.print(`${warnings.join("\n")}\n`);
    return status;
  },
  complete: (cli) => containerNames(cli),
});
