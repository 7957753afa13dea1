import { debianFiles, DEFAULT_PATH, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2025-01-26 */
const INSTALLED_SECONDS = 1_737_849_600;

const OS_RELEASE = `PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.1 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
`;

export const ubuntu = new RegistryImage({
  repository: "ubuntu",
  summary: "Ubuntu, as little of it as possible",
  tags: ["latest", "24.04", "noble"],
  created: "2025-01-26T05:31:49Z",
  config: {
    Env: [DEFAULT_PATH],
    Cmd: ["/bin/bash"],
    Labels: {
      "org.opencontainers.image.ref.name": "ubuntu",
      "org.opencontainers.image.version": "24.04",
    },
  },
  steps: [
    { createdBy: "/bin/sh -c #(nop)  ARG RELEASE", sizeBytes: 0 },
    {
      createdBy: "/bin/sh -c #(nop)  LABEL org.opencontainers.image.ref.name=ubuntu",
      sizeBytes: 0,
    },
    { createdBy: "/bin/sh -c #(nop)  LABEL org.opencontainers.image.version=24.04", sizeBytes: 0 },
    { createdBy: "/bin/sh -c #(nop) ADD file:ubuntu-noble-oci in / ", sizeBytes: 78_100_000 },
    { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/bash"]', sizeBytes: 0 },
  ],
  programs: MINIMAL_PROGRAMS,
  files: () =>
    debianFiles(
      {
        installedSeconds: INSTALLED_SECONDS,
        osRelease: OS_RELEASE,
        debianVersion: "trixie/sid",
        passwd: "ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n",
        group: "ubuntu:x:1000:\n",
      },
      MINIMAL_PROGRAMS,
    )
      .directory("/home/ubuntu", { uid: 1000, gid: 1000, mode: 0o750 })
      .build(),
});
