/** What `docker ps` shows of a container. */
import { quote } from "../../../programs/support/go/quote.ts";
import { humanSize } from "../../../programs/support/go/units.ts";
import type { ContainerSummary, PortSummary } from "../../api/container.ts";
import type { CliVersion } from "../version.ts";
import { ellipsis, joinLabels, shortId, type ListContext } from "./formatter.ts";
import { ago, goTime } from "./times.ts";

const COMMAND_LENGTH = 20;
const MOUNT_LENGTH = 15;

export const CONTAINER_TABLE =
  "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

export const CONTAINER_RAW = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`;

/** As net.JoinHostPort joins them in 28; 20.10 does not bracket IPv6. */
function joinHostPort(ip: string, port: number | string, version: CliVersion): string {
  return ip.includes(":") && version === "28" ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function comparePorts(a: PortSummary, b: PortSummary): number {
  if (a.PrivatePort !== b.PrivatePort) return a.PrivatePort - b.PrivatePort;
  const [left, right] = [a.IP ?? "", b.IP ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  if ((a.PublicPort ?? 0) !== (b.PublicPort ?? 0)) return (a.PublicPort ?? 0) - (b.PublicPort ?? 0);
  return a.Type < b.Type ? -1 : a.Type > b.Type ? 1 : 0;
}

/** `0.0.0.0:8080->80/tcp`; consecutive ports published as they are make a range. */
export function displayPorts(ports: readonly PortSummary[], version: CliVersion): string {
  const groups = new Map<string, { ip: string; type: string; first: number; last: number }>();
  const result: string[] = [];
  const mapped: string[] = [];
  const show = (group: { ip: string; type: string; first: number; last: number }) => {
    const range = group.first === group.last ? `${group.first}` : `${group.first}-${group.last}`;
    const host = group.ip === "" ? "" : `${joinHostPort(group.ip, range, version)}->`;
    return `${host}${range}/${group.type}`;
  };
  for (const port of [...ports].sort(comparePorts)) {
    const ip = port.IP ?? "";
    if (ip !== "" && port.PublicPort !== port.PrivatePort) {
      const host = joinHostPort(ip, port.PublicPort ?? 0, version);
      mapped.push(`${host}->${port.PrivatePort}/${port.Type}`);
      continue;
    }
    const key = `${ip}/${port.Type}`;
    const group = groups.get(key);
    if (group !== undefined && port.PrivatePort === group.last + 1) {
      group.last = port.PrivatePort;
      continue;
    }
    if (group !== undefined) {
      result.push(show(group));
      groups.delete(key);
    }
    groups.set(key, { ip, type: port.Type, first: port.PrivatePort, last: port.PrivatePort });
  }
  return [...result, ...[...groups.values()].map(show), ...mapped].join(", ");
}

function names(item: ContainerSummary, truncate: boolean): string {
  const all = item.Names.map((name) => name.replace(/^\//, ""));
  const own = all.filter((name) => !name.includes("/"));
  return (truncate && own[0] !== undefined ? [own[0]] : all).join(",");
}

function sizes(item: ContainerSummary): string {
  const written = humanSize(item.SizeRw ?? 0, 3);
  const whole = item.SizeRootFs ?? 0;
  return whole > 0 ? `${written} (virtual ${humanSize(whole, 3)})` : written;
}

export function containerContext(options: {
  readonly nowSeconds: number;
  readonly truncate: boolean;
  readonly version: CliVersion;
}): ListContext<ContainerSummary> {
  const { nowSeconds, truncate, version } = options;
  const mounts = (item: ContainerSummary) =>
    item.Mounts.map((mount) => {
      const name = mount.Name === undefined || mount.Name === "" ? mount.Source : mount.Name;
      return truncate ? ellipsis(name, MOUNT_LENGTH) : name;
    });
  return {
    name: "ContainerContext",
    headers: {
      ID: "CONTAINER ID",
      Names: "NAMES",
      Image: "IMAGE",
      Command: "COMMAND",
      CreatedAt: "CREATED AT",
      RunningFor: "CREATED",
      Ports: "PORTS",
      State: "STATE",
      Status: "STATUS",
      Size: "SIZE",
      Labels: "LABELS",
      Mounts: "MOUNTS",
      LocalVolumes: "LOCAL VOLUMES",
      Networks: "NETWORKS",
      ...(version === "28" && { Platform: "PLATFORM" }),
    },
    fields: {
      ID: (item) => (truncate ? shortId(item.Id) : item.Id),
      Names: (item) => names(item, truncate),
      Image: (item) => imageName(item, truncate),
      Command: (item) => quote(truncate ? ellipsis(item.Command, COMMAND_LENGTH) : item.Command),
      CreatedAt: (item) => goTime(item.Created),
      RunningFor: (item) => ago(nowSeconds, item.Created),
      Ports: (item) => displayPorts(item.Ports, version),
      State: (item) => item.State,
      Status: (item) => item.Status,
      Size: sizes,
      Labels: (item) => joinLabels(item.Labels),
      Mounts: (item) => mounts(item).join(","),
      LocalVolumes: (item) =>
        String(item.Mounts.filter((mount) => mount.Driver === "local").length),
      Networks: (item) => Object.keys(item.NetworkSettings.Networks).sort().join(","),
      ...(version === "28" && { Platform: () => null }),
    },
    functions: { Label: (item, name) => item.Labels[name] ?? "" },
  };
}

function imageName(item: ContainerSummary, truncate: boolean): string {
  if (item.Image === "") return "<no image>";
  // An image without a name is shown by its id, cut to twelve digits.
  if (truncate && item.ImageID.replace(/^sha256:/, "") === item.Image.replace(/^sha256:/, "")) {
    return shortId(item.Image);
  }
  return item.Image;
}
