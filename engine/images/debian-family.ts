/** What Debian and Ubuntu servers have in common: directories, accounts, start-up files. */
import { NSSWITCH } from "./debian-texts.ts";
import { executableFile } from "../kernel/fs/executable.ts";
import { ImageLayerBuilder, type ImageLayer } from "../kernel/fs/image-layer.ts";
import type { Program } from "../kernel/process/program.ts";
import { IPTABLES_ALTERNATIVES, NFT_ALTERNATIVES } from "../programs/iptables/index.ts";
import type { ServiceUnit } from "../machine/service.ts";
import { LINK_GROUPS, RT_PROTOS, RT_SCOPES, RT_TABLES } from "./iproute2-names.ts";
import { ETC_PROTOCOLS, ETC_SERVICES } from "./network-names.ts";
import { unitFile } from "./units.ts";

/** In what the members of the family differ. */
export interface FamilyMember {
  /** When the files were installed, Unix seconds. */
  readonly installedSeconds: number;
  readonly osRelease: string;
  /** /etc/lsb-release */
  readonly lsbRelease?: string;
  /** /etc/issue.net */
  readonly issue: string;
  /** /etc/debian_version */
  readonly debianVersion: string;
  /** Name of the first account, uid 1000. */
  readonly user: string;
  readonly rootBashrc: string;
  /** /bin, /sbin and /lib are links into /usr. */
  readonly mergedUsr: boolean;
  /** Where a program's file is. */
  pathOf(program: Program): string;
}

const passwd = (user: string): string => `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
tcpdump:x:100:102::/nonexistent:/usr/sbin/nologin
${user}:x:1000:1000:${user}:/home/${user}:/bin/bash
`;

const group = (user: string): string => `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:${user}
tty:x:5:
disk:x:6:
man:x:12:
mail:x:8:
sudo:x:27:${user}
www-data:x:33:
utmp:x:43:
users:x:100:
tcpdump:x:102:
nogroup:x:65534:
${user}:x:1000:
`;

const PROFILE = `# What every login shell reads first.
if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
fi
export PATH

if [ -n "$PS1" ] && [ -n "$BASH" ] && [ -f /etc/bash.bashrc ]; then
  . /etc/bash.bashrc
fi
`;

const BASHRC = `# What every interactive bash reads first.
[ -z "$PS1" ] && return
shopt -s checkwinsize
PS1='\\u@\\h:\\w\\$ '
`;

const ROOT_PROFILE = `# Read by login shells of root.
if [ -n "$BASH" ] && [ -f ~/.bashrc ]; then
  . ~/.bashrc
fi
`;

const INDEX_HTML = `<!DOCTYPE html>
<html>
<head><title>It works</title></head>
<body><h1>It works</h1></body>
</html>
`;

const DIRECTORIES = [
  "/boot",
  "/dev",
  "/home",
  "/media",
  "/mnt",
  "/opt",
  "/proc",
  "/run",
  "/srv",
  "/sys",
  "/etc/network",
  "/etc/sysctl.d",
  "/usr/lib",
  "/usr/lib64",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/usr/sbin",
  "/usr/share",
  "/var/backups",
  "/var/cache",
  "/var/lib",
  "/var/log",
  "/var/mail",
  "/var/opt",
  "/var/spool",
] as const;

export function debianFamilyFiles(
  member: FamilyMember,
  programs: readonly Program[],
  services: readonly ServiceUnit[],
): ImageLayer {
  const builder = new ImageLayerBuilder(member.installedSeconds);
  for (const path of DIRECTORIES) builder.directory(path);
  if (member.mergedUsr) {
    for (const name of ["bin", "sbin", "lib", "lib64"]) builder.symlink(`/${name}`, `usr/${name}`);
  }
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/tmp", { mode: 0o1777 })
    .directory("/var/tmp", { mode: 0o1777 })
    .directory(`/home/${member.user}`, { mode: 0o755, uid: 1000, gid: 1000 })
    .symlink("/var/run", "/run")
    .symlink("/var/lock", "/run/lock")
    .file("/etc/bash.bashrc", BASHRC)
    .file("/etc/debian_version", `${member.debianVersion}\n`)
    .file("/etc/fstab", "/dev/vda1 / ext4 errors=remount-ro 0 1\n")
    .file("/etc/group", group(member.user))
    .file("/etc/hostname", `${member.user}\n`)
    .file("/etc/hosts", "127.0.0.1\tlocalhost\n")
    .file("/etc/host.conf", "multi on\n")
    .file("/etc/iproute2/group", LINK_GROUPS)
    .file("/etc/iproute2/rt_protos", RT_PROTOS)
    .file("/etc/iproute2/rt_scopes", RT_SCOPES)
    .file("/etc/iproute2/rt_tables", RT_TABLES)
    .file("/etc/issue", `${member.issue} \\n \\l\n\n`)
    .file("/etc/issue.net", `${member.issue}\n`)
    .symlink("/etc/mtab", "../proc/self/mounts")
    .file("/etc/networks", "default\t\t0.0.0.0\nloopback\t127.0.0.0\nlink-local\t169.254.0.0\n")
    .file("/etc/nsswitch.conf", NSSWITCH)
    .symlink("/etc/os-release", "../usr/lib/os-release")
    .file("/etc/passwd", passwd(member.user))
    .file("/etc/profile", PROFILE)
    .file("/etc/protocols", ETC_PROTOCOLS)
    .file("/etc/resolv.conf", "")
    .file("/etc/services", ETC_SERVICES)
    .file("/etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/bash\n")
    .file("/etc/sysctl.conf", "# Kernel parameters set at boot, as in: net.ipv4.ip_forward=1\n")
    .file("/etc/timezone", "Etc/UTC\n")
    .file("/root/.bashrc", member.rootBashrc)
    .file("/root/.profile", ROOT_PROFILE)
    .file("/usr/lib/os-release", member.osRelease)
    .file("/var/www/html/index.html", INDEX_HTML);
  if (member.lsbRelease !== undefined) builder.file("/etc/lsb-release", member.lsbRelease);
  builder.directory("/lib/systemd/system").directory("/etc/systemd/system/multi-user.target.wants");
  for (const unit of services) {
    builder.file(`/lib/systemd/system/${unit.name}.service`, unitFile(unit));
  }
  for (const program of programs) {
    builder.file(member.pathOf(program), executableFile(program), { mode: 0o755 });
  }
  if (programs.some(({ name }) => name === "iptables-nft")) linkIptables(builder);
  if (!member.mergedUsr) builder.symlink("/sbin/ip", "/bin/ip");
  return builder.build();
}

/** The flavour that update-alternatives(1) chooses on a fresh system. */
function linkIptables(builder: ImageLayerBuilder): void {
  for (const name of [...IPTABLES_ALTERNATIVES, ...NFT_ALTERNATIVES]) {
    builder
      .symlink(`/usr/sbin/${name}`, `/etc/alternatives/${name}`)
      .symlink(`/etc/alternatives/${name}`, `/usr/sbin/${name.replace("tables", "tables-nft")}`);
  }
}
