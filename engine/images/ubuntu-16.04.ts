/** Ubuntu 16.04, which nodes of old clusters run. */
import { programKey } from "../kernel/fs/executable.ts";
import type { Program } from "../kernel/process/program.ts";
import type { DiskImage } from "../machine/disk-image.ts";
import { PROGRAMS } from "../programs/index.ts";
import { makeUname } from "../programs/coreutils/uname.ts";
import { NET_TOOLS_1_60 } from "../programs/net-tools/index.ts";
import { debianFamilyFiles } from "./debian-family.ts";
import { UNITS } from "./units.ts";

/** 2020-08-13, the day of Ubuntu 16.04.7. */
const INSTALLED_SECONDS = 1_597_276_800;

const OS_RELEASE = `NAME="Ubuntu"
VERSION="16.04.7 LTS (Xenial Xerus)"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu 16.04.7 LTS"
VERSION_ID="16.04"
HOME_URL="http://www.ubuntu.com/"
SUPPORT_URL="http://help.ubuntu.com/"
BUG_REPORT_URL="http://bugs.launchpad.net/ubuntu/"
VERSION_CODENAME=xenial
UBUNTU_CODENAME=xenial
`;

const LSB_RELEASE = `DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=16.04
DISTRIB_CODENAME=xenial
DISTRIB_DESCRIPTION="Ubuntu 16.04.7 LTS"
`;

const ROOT_BASHRC = `# Read by interactive shells of root.
[ -z "$PS1" ] && return
PS1='\\u@\\h:\\w\\$ '
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias ll='ls -alF'
alias la='ls -A'
alias l='ls -CF'
`;

/** The root directory's own /bin and /sbin, which were not yet links into /usr. */
const IN_BIN = new Set(
  (
    "bash cat chgrp chmod chown cp date dash dd df dir dmesg echo egrep false fgrep findmnt grep " +
    "hostname ip journalctl kill less ln ls lsblk mkdir mknod mktemp more mount mountpoint mv nano " +
    "nc netstat ping ps pwd readlink rm rmdir sed sh sleep ss stty sync systemctl touch true " +
    "umount uname vdir which"
  ).split(" "),
);
const IN_SBIN = new Set("bridge brctl ethtool ifconfig route sysctl tc".split(" "));

function pathOf(program: Program): string {
  if (IN_BIN.has(program.name)) return `/bin/${program.name}`;
  if (IN_SBIN.has(program.name)) return `/sbin/${program.name}`;
  return `${program.directory ?? "/usr/bin"}/${program.name}`;
}

/** Uname was patched to know the processor. */
const DIFFERENT: readonly Program[] = [...NET_TOOLS_1_60, makeUname("x86_64")];

const UBUNTU_PROGRAMS: readonly Program[] = [
  ...PROGRAMS.filter((one) => !DIFFERENT.some((other) => programKey(other) === programKey(one))),
  ...DIFFERENT,
];

/** Programs other than net-tools print what Debian 12's print. */
export function ubuntu1604(): DiskImage {
  const services = UNITS.filter((unit) =>
    UBUNTU_PROGRAMS.some((program) => pathOf(program) === unit.argv[0]),
  );
  return {
    name: "ubuntu-16.04",
    title: "Ubuntu 16.04.7 LTS",
    kernel: {
      release: "4.4.0-210-generic",
      version: "#242-Ubuntu SMP Fri Apr 16 09:57:56 UTC 2021",
      machine: "x86_64",
    },
    files: debianFamilyFiles(
      {
        installedSeconds: INSTALLED_SECONDS,
        osRelease: OS_RELEASE,
        lsbRelease: LSB_RELEASE,
        issue: "Ubuntu 16.04.7 LTS",
        debianVersion: "stretch/sid",
        user: "ubuntu",
        rootBashrc: ROOT_BASHRC,
        mergedUsr: false,
        pathOf,
      },
      UBUNTU_PROGRAMS,
      services,
    ),
    programs: new Map(UBUNTU_PROGRAMS.map((program) => [programKey(program), program])),
    services,
  };
}
