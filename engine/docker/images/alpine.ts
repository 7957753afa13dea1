import { busybox } from "../../programs/busybox/index.ts";
import { alpineFiles } from "./alpine-files.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2025-01-08 */
const INSTALLED_SECONDS = 1_736_335_414;

export const alpine = new RegistryImage({
  repository: "alpine",
  summary: "A small Linux with BusyBox",
  tags: ["latest", "3", "3.21", "3.21.2"],
  created: "2025-01-08T12:07:30Z",
  config: { Env: [DEFAULT_PATH], Cmd: ["/bin/sh"] },
  steps: [
    {
      createdBy: "ADD alpine-minirootfs-3.21.2-x86_64.tar.gz / # buildkit",
      sizeBytes: 7_830_000,
      comment: "buildkit.dockerfile.v0",
    },
    { createdBy: 'CMD ["/bin/sh"]', sizeBytes: 0, comment: "buildkit.dockerfile.v0" },
  ],
  programs: [busybox],
  files: () => alpineFiles({ installedSeconds: INSTALLED_SECONDS }).build(),
});
