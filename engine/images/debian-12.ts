import { DEBIAN_12_RELEASE } from "./debian-texts.ts";
import { programKey } from "../kernel/fs/executable.ts";
import type { Program } from "../kernel/process/program.ts";
import type { DiskImage } from "../machine/disk-image.ts";
import { PROGRAMS } from "../programs/index.ts";
import { debianFamilyFiles } from "./debian-family.ts";
import { UNITS } from "./units.ts";

/** 2024-11-09, the day of Debian 12.8. */
const INSTALLED_SECONDS = 1_731_148_800;

const ROOT_BASHRC = `# Read by interactive shells of root. Colours and shortcuts to taste:
# alias ls='ls --color=auto'
# alias ll='ls -l'
`;

function pathOf(program: Program): string {
  return `${program.directory ?? "/usr/bin"}/${program.name}`;
}

/** A server as people install Debian 12 for networking work. */
export function debian12(): DiskImage {
  const services = UNITS.filter((unit) =>
    PROGRAMS.some((program) => pathOf(program) === unit.argv[0]),
  );
  return {
    name: "debian-12",
    title: "Debian GNU/Linux 12 (bookworm)",
    files: debianFamilyFiles(
      {
        installedSeconds: INSTALLED_SECONDS,
        osRelease: DEBIAN_12_RELEASE,
        issue: "Debian GNU/Linux 12",
        debianVersion: "12.8",
        user: "debian",
        rootBashrc: ROOT_BASHRC,
        mergedUsr: true,
        pathOf,
      },
      PROGRAMS,
      services,
    ),
    programs: new Map(PROGRAMS.map((program) => [programKey(program), program])),
    services,
  };
}
