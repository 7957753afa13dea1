import { CliError } from "../../cli.ts";
import { notManager } from "../../swarm.ts";
import { between, defineCommand } from "../../command.ts";
import { keyValues } from "../../run/environment.ts";

/** A volume of a swarm is meant when one of them is given. */
const CLUSTER_FLAGS = [
  "availability",
  "group",
  "limit-bytes",
  "required-bytes",
  "scope",
  "secret",
  "sharing",
  "topology-preferred",
  "topology-required",
  "type",
];

export const create = defineCommand({
  path: "volume create",
  usage: "[OPTIONS] [VOLUME]",
  summary: "Create a volume",
  flags: {
    "--availability string": [
      'Cluster Volume availability ("active", "pause", "drain") (default "active")',
      undefined,
    ],
    "-d, --driver string": 'Specify volume driver name (default "local")',
    "--group string": ["Cluster Volume group (cluster volumes)", undefined],
    "--label list": "Set metadata for a volume",
    "--limit-bytes bytes": ["Minimum size of the Cluster Volume in bytes", undefined],
    "-o, --opt map": "Set driver specific options (default map[])",
    "--required-bytes bytes": ["Maximum size of the Cluster Volume in bytes", undefined],
    "--scope string": [
      'Cluster Volume access scope ("single", "multi") (default "single")',
      undefined,
    ],
    "--secret map": ["Cluster Volume secrets (default map[])", undefined],
    "--sharing string": [
      'Cluster Volume access sharing ("none", "readonly", "onewriter", "all") (default "none")',
      undefined,
    ],
    "--topology-preferred list": [
      "A topology that the Cluster Volume would be preferred in",
      undefined,
    ],
    "--topology-required list": [
      "A topology that the Cluster Volume must be accessible from",
      undefined,
    ],
    "--type string": ['Cluster Volume access type ("mount", "block") (default "block")', undefined],
  },
  args: between(0, 1),
  hidden: { "--name string": "" },
  foreign: { swarm: CLUSTER_FLAGS },
  *run(cli, { args, flags }) {
    const flagged = flags.text("name");
    if (args.length > 0 && flagged !== undefined && flagged !== "") {
      throw new CliError(
        cli.recent
          ? "conflicting options: cannot specify a volume-name through both --name and as a positional arg"
          : "conflicting options: either specify --name or provide positional arg, not both",
      );
    }
    if (CLUSTER_FLAGS.some((each) => flags.has(each))) throw notManager();
    const name = args[0] ?? flagged;
    const volume = cli.engine.volumeCreate({
      ...(name !== undefined && { Name: name }),
      Driver: flags.text("driver") ?? "local",
      DriverOpts: keyValues(flags.list("opt")),
      Labels: keyValues(flags.list("label")),
    });
    yield* cli.print(`${volume.Name}\n`);
    return 0;
  },
});
