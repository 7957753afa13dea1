import { busybox } from "../../programs/busybox/index.ts";
import { alpineFiles } from "./alpine-files.ts";
import { curlOfVersion } from "./curl-of-version.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

const VERSION = "8.12.1";

const program = curlOfVersion(VERSION);

const ENTRYPOINT = `#!/bin/sh
# Runs curl with what looks like its arguments, and anything else as it is.
case "$1" in
    curl) exec "$@" ;;
esac
if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then
    set -- curl "$@"
fi
exec "$@"
`;

export const curl = new RegistryImage({
  repository: "curlimages/curl",
  summary: "curl on Alpine",
  tags: ["latest", VERSION],
  created: "2025-02-13T08:12:21Z",
  config: {
    Env: [DEFAULT_PATH, `CURL_VERSION=${VERSION.replaceAll(".", "_")}`],
    Entrypoint: ["/entrypoint.sh"],
    Cmd: ["curl"],
    User: "curl_user",
    WorkingDir: "/home/curl_user",
  },
  steps: [
    { createdBy: "ADD alpine-minirootfs-3.21.2-x86_64.tar.gz / # buildkit", sizeBytes: 7_830_000 },
    { createdBy: "RUN apk add curl", sizeBytes: 14_200_000 },
    { createdBy: "COPY entrypoint.sh /entrypoint.sh", sizeBytes: 1024 },
    { createdBy: 'ENTRYPOINT ["/entrypoint.sh"]', sizeBytes: 0 },
  ],
  programs: [busybox, program],
  files: () =>
    alpineFiles(
      {
        installedSeconds: 1_739_434_341,
        passwd: "curl_user:x:100:101:Linux User,,,:/home/curl_user:/sbin/nologin\n",
        group: "curl_group:x:101:\n",
      },
      [program],
    )
      .file("/entrypoint.sh", ENTRYPOINT, { mode: 0o755 })
      .directory("/home/curl_user", { uid: 100, gid: 101 })
      .build(),
});
