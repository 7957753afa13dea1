/** What `docker volume ls` shows of a volume. */
import { humanSize } from "../../../programs/support/go/units.ts";
import type { Volume } from "../../api/volume.ts";
import type { CliVersion } from "../version.ts";
import { joinLabels, type ListContext } from "./formatter.ts";

export const VOLUME_TABLE = "{{.Driver}}\t{{.Name}}";
const NONE = () => "N/A";

export function volumeContext(version: CliVersion): ListContext<Volume> {
  const recent = version === "28";
  return {
    name: "volumeContext",
    headers: {
      ...(recent && { Availability: "AVAILABILITY", Group: "GROUP", Status: "STATUS" }),
      Driver: "DRIVER",
      Labels: "LABELS",
      Links: "LINKS",
      Mountpoint: "MOUNTPOINT",
      Name: "VOLUME NAME",
      Scope: "SCOPE",
      Size: "SIZE",
    },
    fields: {
      ...(recent && { Availability: NONE, Group: NONE, Status: NONE }),
      Driver: (item) => item.Driver,
      Labels: (item) => joinLabels(item.Labels),
      Links: (item) => (item.UsageData === undefined ? "N/A" : String(item.UsageData.RefCount)),
      Mountpoint: (item) => item.Mountpoint,
      Name: (item) => item.Name,
      Scope: (item) => item.Scope,
      Size: (item) => (item.UsageData === undefined ? "N/A" : humanSize(item.UsageData.Size)),
    },
    functions: { Label: (item, name) => item.Labels?.[name] ?? "" },
  };
}
