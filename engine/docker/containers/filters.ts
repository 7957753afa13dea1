/** `docker ps --filter`. */
import { ApiError } from "../api/errors.ts";
import type { Filters } from "../api/filters.ts";
import type { Release } from "../daemon/release.ts";
import { hasLabel } from "../networks/filters.ts";
import type { Container } from "./container.ts";

const KNOWN = [
  "ancestor",
  "before",
  "exited",
  "expose",
  "health",
  "id",
  "is-task",
  "isolation",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
];

const STATUSES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];

/** ApiError 400, 404. `find` throws for a container that does not exist. */
export function containerFilter(
  filters: Filters,
  release: Release,
  find: (reference: string) => Container,
  imageIds: (reference: string) => readonly string[],
): (container: Container) => boolean {
  check(filters, release);
  const any = (name: string, test: (wanted: string) => boolean): boolean => {
    const values = filters[name];
    return values === undefined || values.length === 0 || values.some(test);
  };
  const bound = (name: "before" | "since"): number | undefined => {
    const [reference] = filters[name] ?? [];
    return reference === undefined ? undefined : find(reference).identity.createdNs;
  };
  const before = bound("before");
  const since = bound("since");
  const ancestors = (filters["ancestor"] ?? []).flatMap((name) => imageIds(name));
  return (container) => {
    const { state, config, identity } = container;
    return (
      any("id", (wanted) => container.id.startsWith(wanted)) &&
      any("name", (wanted) => matchesName(container.name, wanted)) &&
      any("status", (wanted) => container.status === wanted) &&
      any(
        "exited",
        (wanted) => container.status === "exited" && state.exitCode === Number(wanted),
      ) &&
      any("health", (wanted) => (state.health?.Status ?? "none") === wanted) &&
      any("ancestor", () => ancestors.includes(identity.image.id)) &&
      (filters["label"] ?? []).every((wanted) => hasLabel(config.Labels ?? {}, wanted)) &&
      any("network", (wanted) => isInNetwork(container, wanted)) &&
      any("publish", (wanted) => hasPort(container, wanted, true)) &&
      any("expose", (wanted) => hasPort(container, wanted, false)) &&
      any("volume", (wanted) => hasVolume(container, wanted)) &&
      any("is-task", (wanted) => wanted === "false") &&
      (before === undefined || identity.createdNs < before) &&
      (since === undefined || identity.createdNs > since)
    );
  };
}

function check(filters: Filters, release: Release): void {
  for (const name of Object.keys(filters)) {
    if (KNOWN.includes(name)) continue;
    throw new ApiError(400, `${release === "28" ? "invalid" : "Invalid"} filter '${name}'`);
  }
  for (const status of filters["status"] ?? []) {
    if (STATUSES.includes(status)) continue;
    throw new ApiError(
      400,
      release === "28"
        ? `invalid filter 'status=${status}': invalid value for state (${status}): must be one of ${STATUSES.join(", ")}`
        : `Invalid filter 'status=${status}'`,
    );
  }
}

/** A regular expression, with or without the leading slash. */
function matchesName(name: string, wanted: string): boolean {
  try {
    const expression = new RegExp(wanted);
    return expression.test(name) || expression.test(`/${name}`);
  } catch {
    return false;
  }
}

function isInNetwork(container: Container, wanted: string): boolean {
  for (const { name, networkId } of container.networks.values()) {
    if (name === wanted || (networkId !== "" && networkId.startsWith(wanted))) return true;
  }
  return false;
}

/** `8080`, `8080/udp`, `8000-8080`: published on the machine, or exposed by the container. */
function hasPort(container: Container, wanted: string, published: boolean): boolean {
  const [range = "", protocol = "tcp"] = wanted.split("/");
  const [first = "", last = first] = range.split("-");
  const isInside = (port: number): boolean => port >= Number(first) && port <= Number(last);
  if (!published) {
    return Object.keys(container.config.ExposedPorts ?? {}).some((key) => {
      const [port = "", kind] = key.split("/");
      return kind === protocol && isInside(Number(port));
    });
  }
  const bindings = container.state.running ? container.ports : container.hostConfig.PortBindings;
  return Object.entries(bindings).some(
    ([key, list]) =>
      key.endsWith(`/${protocol}`) &&
      (list ?? []).some(({ HostPort }) => isInside(Number(HostPort))),
  );
}

function hasVolume(container: Container, wanted: string): boolean {
  return container.mounts.some(
    ({ Name, Source, Destination }) =>
      Name === wanted || Source === wanted || Destination === wanted,
  );
}
