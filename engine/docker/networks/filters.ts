/** `docker network ls --filter`. */
import { ApiError } from "../api/errors.ts";
import type { Filters } from "../api/filters.ts";
import type { Release } from "../daemon/release.ts";
import type { Network } from "./network.ts";

const KNOWN = ["dangling", "driver", "id", "label", "name", "scope", "type", "until"];

/** ApiError 400. */
export function checkFilters(filters: Filters, release: Release, known = KNOWN): void {
  for (const name of Object.keys(filters)) {
    if (known.includes(name)) continue;
    throw new ApiError(400, `${release === "28" ? "invalid" : "Invalid"} filter '${name}'`);
  }
}

export function matchesFilters(network: Network, filters: Filters): boolean {
  const any = (name: string, test: (wanted: string) => boolean): boolean => {
    const values = filters[name];
    return values === undefined || values.length === 0 || values.some(test);
  };
  const type = network.isPredefined ? "builtin" : "custom";
  return (
    any("driver", (wanted) => network.driver === wanted) &&
    any("name", (wanted) => network.name.includes(wanted)) &&
    any("id", (wanted) => network.id.startsWith(wanted)) &&
    any("scope", (wanted) => wanted === "local") &&
    any("type", (wanted) => wanted === type) &&
    any(
      "dangling",
      (wanted) =>
        ["true", "1"].includes(wanted) === (network.endpoints.size === 0 && type === "custom"),
    ) &&
    (filters["label"] ?? []).every((wanted) => hasLabel(network.definition.labels, wanted))
  );
}

/** `key` or `key=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = "", ...rest] = wanted.split("=");
  const value = labels[key];
  return value !== undefined && (rest.length === 0 || value === rest.join("="));
}
