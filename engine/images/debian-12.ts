import { executableFile, programKey } from "../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../kernel/fs/image-layer.ts";
import type { Program } from "../kernel/process/program.ts";
import type { DiskImage } from "../machine/disk-image.ts";
import type { ServiceUnit } from "../machine/service.ts";
import { PROGRAMS } from "../programs/index.ts";
import { LINK_GROUPS, RT_PROTOS, RT_SCOPES, RT_TABLES } from "./iproute2-names.ts";
import { ETC_PROTOCOLS, ETC_SERVICES } from "./network-names.ts";

/** When the files were installed: 2024-11-09, the day of Debian 12.8. */
const INSTALLED_SECONDS = 1_731_148_800;

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

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
tcpdump:x:100:102::/nonexistent:/usr/sbin/nologin
debian:x:1000:1000:Debian:/home/debian:/bin/bash
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:debian
tty:x:5:
disk:x:6:
man:x:12:
mail:x:8:
sudo:x:27:debian
www-data:x:33:
utmp:x:43:
users:x:100:
tcpdump:x:102:
nogroup:x:65534:
debian:x:1000:
`;

const NSSWITCH = `passwd:         files
group:          files
shadow:         files
gshadow:        files

hosts:          files dns
networks:       files

protocols:      db files
services:       db files
ethers:         db files
rpc:            db files

netgroup:       nis
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

const ROOT_BASHRC = `# Read by interactive shells of root. Colours and shortcuts to taste:
# alias ls='ls --color=auto'
# alias ll='ls -l'
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

function pathOf(program: Program): string {
  return `${program.directory ?? "/usr/bin"}/${program.name}`;
}

function buildFiles(programs: readonly Program[]) {
  const builder = new ImageLayerBuilder(INSTALLED_SECONDS);
  for (const path of DIRECTORIES) builder.directory(path);
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/tmp", { mode: 0o1777 })
    .directory("/var/tmp", { mode: 0o1777 })
    .directory("/home/debian", { mode: 0o755, uid: 1000, gid: 1000 })
    .symlink("/bin", "usr/bin")
    .symlink("/sbin", "usr/sbin")
    .symlink("/lib", "usr/lib")
    .symlink("/lib64", "usr/lib64")
    .symlink("/var/run", "/run")
    .symlink("/var/lock", "/run/lock")
    .file("/etc/bash.bashrc", BASHRC)
    .file("/etc/debian_version", "12.8\n")
    .file("/etc/fstab", "/dev/vda1 / ext4 errors=remount-ro 0 1\n")
    .file("/etc/group", GROUP)
    .file("/etc/hostname", "debian\n")
    .file("/etc/hosts", "127.0.0.1\tlocalhost\n")
    .file("/etc/host.conf", "multi on\n")
    .file("/etc/iproute2/group", LINK_GROUPS)
    .file("/etc/iproute2/rt_protos", RT_PROTOS)
    .file("/etc/iproute2/rt_scopes", RT_SCOPES)
    .file("/etc/iproute2/rt_tables", RT_TABLES)
    .file("/etc/issue", "Debian GNU/Linux 12 \\n \\l\n\n")
    .file("/etc/issue.net", "Debian GNU/Linux 12\n")
    .symlink("/etc/mtab", "../proc/self/mounts")
    .file("/etc/networks", "default\t\t0.0.0.0\nloopback\t127.0.0.0\nlink-local\t169.254.0.0\n")
    .file("/etc/nsswitch.conf", NSSWITCH)
    .symlink("/etc/os-release", "../usr/lib/os-release")
    .file("/etc/passwd", PASSWD)
    .file("/etc/profile", PROFILE)
    .file("/etc/protocols", ETC_PROTOCOLS)
    .file("/etc/resolv.conf", "")
    .file("/etc/services", ETC_SERVICES)
    .file("/etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/bash\n")
    .file("/etc/sysctl.conf", "# Kernel parameters set at boot, as in: net.ipv4.ip_forward=1\n")
    .file("/etc/timezone", "Etc/UTC\n")
    .file("/root/.bashrc", ROOT_BASHRC)
    .file("/root/.profile", ROOT_PROFILE)
    .file("/usr/lib/os-release", OS_RELEASE)
    .file("/var/www/html/index.html", INDEX_HTML);
  for (const program of programs) {
    builder.file(pathOf(program), executableFile(program), { mode: 0o755 });
  }
  if (!programs.some((program) => program.name === "sh")) builder.symlink("/usr/bin/sh", "bash");
  return builder.build();
}

/** What packages with a service would have installed in /lib/systemd/system. */
const UNITS: readonly ServiceUnit[] = [
  {
    name: "nginx",
    description: "A high performance web server and a reverse proxy server",
    argv: ["/usr/sbin/nginx", "-g", "daemon off; master_process on;"],
    enabled: false,
  },
  {
    name: "dnsmasq",
    description: "dnsmasq - A lightweight DHCP and caching DNS server",
    argv: ["/usr/sbin/dnsmasq", "-k", "-x", "/run/dnsmasq/dnsmasq.pid"],
    enabled: false,
  },
];

/** A server as people install Debian 12 for networking work. */
export function debian12(): DiskImage {
  return {
    name: "debian-12",
    title: "Debian GNU/Linux 12 (bookworm)",
    files: buildFiles(PROGRAMS),
    programs: new Map(PROGRAMS.map((program) => [programKey(program), program])),
    services: UNITS.filter((unit) => PROGRAMS.some((program) => pathOf(program) === unit.argv[0])),
  };
}
