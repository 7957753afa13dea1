import { DEBIAN_12_RELEASE } from "../../images/debian-texts.ts";
import { debianFiles, DEFAULT_PATH, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2025-02-03 */
const INSTALLED_SECONDS = 1_738_540_800;

export const debian = new RegistryImage({
  repository: "debian",
  summary: "Debian, as little of it as possible",
  tags: ["latest", "12", "12.9", "bookworm", "bookworm-slim", "stable", "stable-slim"],
  created: "2025-02-03T00:00:00Z",
  config: { Env: [DEFAULT_PATH], Cmd: ["bash"] },
  steps: [
    {
      createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1738540800'",
      sizeBytes: 116_540_000,
      comment: "debuerreotype 0.15",
    },
  ],
  programs: MINIMAL_PROGRAMS,
  files: () =>
    debianFiles(
      { installedSeconds: INSTALLED_SECONDS, osRelease: DEBIAN_12_RELEASE, debianVersion: "12.9" },
      MINIMAL_PROGRAMS,
    ).build(),
});
