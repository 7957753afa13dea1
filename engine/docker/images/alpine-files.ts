/** The files that images built on Alpine begin with. */
import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import type { Program } from "../../kernel/process/program.ts";
import { installBusybox } from "./busybox-files.ts";

const OS_RELEASE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.21.2
PRETTY_NAME="Alpine Linux v3.21"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
`;

const PASSWD = `root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
mail:x:8:12:mail:/var/mail:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`;

const GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
wheel:x:10:root
floppy:x:11:root
mail:x:12:mail
tape:x:26:root
video:x:27:root
users:x:100:games
nobody:x:65534:
`;

const PROFILE = `export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export PAGER=less
umask 022
`;

const DIRECTORIES =
  "dev etc home lib media mnt opt proc run sbin srv sys usr/bin usr/sbin usr/lib usr/local/bin var/cache var/lib var/log var/spool".split(
    " ",
  );

export interface AlpineAddition {
  readonly installedSeconds: number;
  /** Lines of /etc/passwd and /etc/group besides the usual ones. */
  readonly passwd?: string;
  readonly group?: string;
}

/** Programs besides BusyBox hide its applets of the same path. */
export function alpineFiles(
  { installedSeconds, passwd = "", group = "" }: AlpineAddition,
  programs: readonly Program[] = [],
): ImageLayerBuilder {
  const builder = new ImageLayerBuilder(installedSeconds);
  for (const path of DIRECTORIES) builder.directory(`/${path}`);
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/tmp", { mode: 0o1777 })
    .directory("/var/tmp", { mode: 0o1777 })
    .symlink("/var/run", "/run")
    .symlink("/var/lock", "/run/lock")
    .file("/etc/alpine-release", "3.21.2\n")
    .file("/etc/group", GROUP + group)
    .file("/etc/hostname", "")
    .file("/etc/hosts", "")
    .symlink("/etc/mtab", "../proc/mounts")
    .file("/etc/os-release", OS_RELEASE)
    .file("/etc/passwd", PASSWD + passwd)
    .file("/etc/profile", PROFILE)
    .file("/etc/resolv.conf", "")
    .file("/etc/shells", "/bin/sh\n/bin/ash\n");
  installBusybox(builder, "symbolic links where Alpine has them");
  for (const program of programs) {
    const directory = program.directory ?? "/usr/bin";
    builder.file(`${directory}/${program.name}`, executableFile(program), { mode: 0o755 });
  }
  return builder;
}
