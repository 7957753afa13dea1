import { debianFiles, DEFAULT_PATH, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2025-02-03 */
const INSTALLED_SECONDS = 1_738_540_800;

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

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
      { installedSeconds: INSTALLED_SECONDS, osRelease: OS_RELEASE, debianVersion: "12.9" },
      MINIMAL_PROGRAMS,
    ).build(),
});
