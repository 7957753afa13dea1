import { debianFiles, DEFAULT_PATH, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { redisCli } from "./programs/redis-cli.ts";
import { REDIS_VERSION, redisServer } from "./programs/redis-server.ts";
import { RegistryImage } from "./registry-image.ts";

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

/** The command is run as it is; options alone are redis-server's. */
const ENTRYPOINT = `#!/bin/sh
set -e
case "$1" in
    -*|*.conf) set -- redis-server "$@" ;;
esac
exec "$@"
`;

const programs = [...MINIMAL_PROGRAMS, redisServer, redisCli];

export const redis = new RegistryImage({
  repository: "redis",
  summary: "A store of keys and values in memory",
  tags: ["latest", "7", "7.4", REDIS_VERSION, "bookworm"],
  created: "2025-01-06T22:05:55Z",
  config: {
    Env: [DEFAULT_PATH, "GOSU_VERSION=1.17", `REDIS_VERSION=${REDIS_VERSION}`],
    Entrypoint: ["docker-entrypoint.sh"],
    Cmd: ["redis-server"],
    ExposedPorts: { "6379/tcp": {} },
    Volumes: { "/data": {} },
    WorkingDir: "/data",
  },
  steps: [
    { createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm'", sizeBytes: 74_800_000 },
    { createdBy: `ENV REDIS_VERSION=${REDIS_VERSION}`, sizeBytes: 0 },
    { createdBy: "RUN make install", sizeBytes: 42_000_000 },
    { createdBy: "VOLUME [/data]", sizeBytes: 0 },
    { createdBy: "COPY docker-entrypoint.sh /usr/local/bin/ # buildkit", sizeBytes: 661 },
    { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', sizeBytes: 0 },
    { createdBy: "EXPOSE map[6379/tcp:{}]", sizeBytes: 0 },
    { createdBy: 'CMD ["redis-server"]', sizeBytes: 0 },
  ],
  programs,
  files: () =>
    debianFiles(
      {
        installedSeconds: 1_736_201_155,
        osRelease: OS_RELEASE,
        debianVersion: "12.9",
        passwd: "redis:x:999:999::/home/redis:/bin/sh\n",
        group: "redis:x:999:\n",
      },
      programs,
    )
      .file("/usr/local/bin/docker-entrypoint.sh", ENTRYPOINT, { mode: 0o755 })
      .directory("/data", { uid: 999, gid: 999 })
      .build(),
});
