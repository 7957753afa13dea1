/** The files that images built on Debian or Ubuntu begin with: those of a minimal installation. */
import { NSSWITCH } from "../../images/debian-texts.ts";
import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import type { Program } from "../../kernel/process/program.ts";
import { BASH } from "../../programs/bash/index.ts";
import { COREUTILS } from "../../programs/coreutils/index.ts";
import { DEBIANUTILS } from "../../programs/debianutils/index.ts";
import { DIFFUTILS } from "../../programs/diffutils/index.ts";
import { FINDUTILS } from "../../programs/findutils/index.ts";
import { GREP } from "../../programs/grep/index.ts";
import { HOSTNAME } from "../../programs/hostname/index.ts";
import { LIBC_BIN } from "../../programs/libc-bin/index.ts";
import { MAWK } from "../../programs/mawk/index.ts";
import { NCURSES_BIN } from "../../programs/ncurses-bin/index.ts";
import { SED } from "../../programs/sed/index.ts";
import { SYSVINIT_UTILS } from "../../programs/sysvinit-utils/index.ts";
import { UTIL_LINUX } from "../../programs/util-linux/index.ts";

export const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What debootstrap's minimal variant installs: no ps, no ip, no ping. */
export const MINIMAL_PROGRAMS: readonly Program[] = [
  BASH,
  COREUTILS,
  DEBIANUTILS,
  DIFFUTILS,
  FINDUTILS,
  GREP,
  HOSTNAME,
  LIBC_BIN,
  MAWK,
  NCURSES_BIN,
  SED,
  SYSVINIT_UTILS,
  UTIL_LINUX,
].flat();

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
man:x:12:
sudo:x:27:
www-data:x:33:
shadow:x:42:
utmp:x:43:
staff:x:50:
games:x:60:
users:x:100:
nogroup:x:65534:
`;

const DIRECTORIES =
  "boot dev etc home media mnt opt proc run srv sys usr/bin usr/games usr/include usr/lib usr/lib64 usr/local/bin usr/local/sbin usr/sbin usr/share usr/src var/backups var/cache var/lib var/local var/log var/mail var/opt var/spool".split(
    " ",
  );

export interface DebianMember {
  readonly installedSeconds: number;
  readonly osRelease: string;
  /** /etc/debian_version */
  readonly debianVersion: string;
  /** Users and groups besides the usual ones, as lines of /etc/passwd and /etc/group. */
  readonly passwd?: string;
  readonly group?: string;
}

export function debianFiles(member: DebianMember, programs: readonly Program[]): ImageLayerBuilder {
  const builder = new ImageLayerBuilder(member.installedSeconds);
  for (const path of DIRECTORIES) builder.directory(`/${path}`);
  for (const name of ["bin", "lib", "lib64", "sbin"]) builder.symlink(`/${name}`, `usr/${name}`);
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/run/lock", { mode: 0o1777 })
    .directory("/tmp", { mode: 0o1777 })
    .directory("/var/tmp", { mode: 0o1777 })
    .symlink("/var/run", "/run")
    .symlink("/var/lock", "/run/lock")
    .file("/etc/debian_version", `${member.debianVersion}\n`)
    .file("/etc/group", GROUP + (member.group ?? ""))
    .file("/etc/host.conf", "multi on\n")
    .file("/etc/hostname", "")
    .file("/etc/hosts", "")
    .symlink("/etc/mtab", "/proc/mounts")
    .file("/etc/nsswitch.conf", NSSWITCH)
    .symlink("/etc/os-release", "../usr/lib/os-release")
    .file("/etc/passwd", PASSWD + (member.passwd ?? ""))
    .file("/etc/resolv.conf", "")
    .file("/etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/bash\n")
    .file("/usr/lib/os-release", member.osRelease);
  for (const program of programs) {
    const directory = program.directory ?? "/usr/bin";
    builder.file(`${directory}/${program.name}`, executableFile(program), { mode: 0o755 });
  }
  return builder;
}
