/** File systems that a container has besides the usual ones, with nothing in them. */
import { ImageLayerBuilder, type ImageLayer } from "./image-layer.ts";

/** Files of the root of a control group that everybody reads; cgroups(7). */
const CGROUP: ImageLayer = new ImageLayerBuilder(0)
  .file("/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n", { mode: 0o444 })
  .file("/cgroup.type", "domain\n")
  .build();

const EMPTY: ImageLayer = new ImageLayerBuilder(0, 0o1777).build();

/** By type, as `mount` is told. */
export const SPECIAL_FILE_SYSTEMS: ReadonlyMap<string, ImageLayer> = new Map([
  ["cgroup2", CGROUP],
  ["mqueue", EMPTY],
]);
