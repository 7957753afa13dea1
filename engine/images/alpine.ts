/** Alpine: BusyBox and little else, as in containers, which see the kernel of their host. */
import { executableFile, programKey } from "../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../kernel/fs/image-layer.ts";
import type { DiskImage } from "../machine/disk-image.ts";
import { APPLETS, busybox } from "../programs/busybox/index.ts";
import { ETC_PROTOCOLS, ETC_SERVICES } from "./network-names.ts";

/** 2022-11-22, the day of Alpine 3.17.0, whose BusyBox is 1.35.0. */
const INSTALLED_SECONDS = 1_669_075_200;

const OS_RELEASE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.17.0
PRETTY_NAME="Alpine Linux v3.17"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
`;

const PASSWD = `root:x:0:0:root:/root:/bin/ash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`;

const GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
nobody:x:65534:
`;

const PROFILE = `# What every login shell reads first.
export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export PAGER=less
umask 022
`;

const DIRECTORIES =
  "dev etc home lib media mnt opt proc run sbin srv sys usr/bin usr/sbin usr/lib usr/local var/log var/lib".split(
    " ",
  );

export function alpine(): DiskImage {
  const builder = new ImageLayerBuilder(INSTALLED_SECONDS);
  for (const path of DIRECTORIES) builder.directory(`/${path}`);
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/tmp", { mode: 0o1777 })
    .symlink("/var/run", "/run")
    .file("/bin/busybox", executableFile(busybox), { mode: 0o755 })
    .file("/etc/alpine-release", "3.17.0\n")
    .file("/etc/group", GROUP)
    .file("/etc/hostname", "localhost\n")
    .file("/etc/hosts", "127.0.0.1\tlocalhost\n")
    .file("/etc/os-release", OS_RELEASE)
    .file("/etc/passwd", PASSWD)
    .file("/etc/profile", PROFILE)
    .file("/etc/protocols", ETC_PROTOCOLS)
    .file("/etc/resolv.conf", "")
    .file("/etc/services", ETC_SERVICES)
    .file("/etc/shells", "/bin/sh\n/bin/ash\n");
  for (const { directory, name } of APPLETS) {
    builder.symlink(`${directory}/${name}`, "/bin/busybox");
  }
  return {
    name: "alpine",
    title: "Alpine Linux v3.17",
    shell: "/bin/sh",
    files: builder.build(),
    programs: new Map([[programKey(busybox), busybox]]),
    services: [],
  };
}
