import { ImageLayerBuilder, type ImageLayer } from "../../kernel/fs/image-layer.ts";
import { busybox as program } from "../../programs/busybox/index.ts";
import { installBusybox } from "./busybox-files.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2024-09-26 21:31:42 */
const CREATED_SECONDS = 1_727_386_302;

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
wheel:x:10:root
kmem:x:15:
www-data:x:33:
utmp:x:43:
users:x:100:
nobody:x:65534:
`;

function files(): ImageLayer {
  const builder = new ImageLayerBuilder(CREATED_SECONDS);
  for (const path of ["dev", "etc", "home", "lib", "proc", "sys", "usr/bin", "usr/sbin"]) {
    builder.directory(`/${path}`);
  }
  builder
    .directory("/root", { mode: 0o700 })
    .directory("/tmp", { mode: 0o1777 })
    .directory("/var/spool/mail")
    .directory("/var/www")
    .symlink("/lib64", "lib")
    .file("/etc/group", GROUP)
    .file("/etc/hostname", "")
    .file("/etc/hosts", "")
    .file("/etc/localtime", "TZif2")
    .file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
    .file("/etc/passwd", PASSWD)
    .file("/etc/resolv.conf", "")
    .file("/etc/shadow", "root:*:::::::\n", { mode: 0o640 })
    .symlink("/etc/mtab", "/proc/mounts");
  installBusybox(builder, "links in /bin");
  builder.symlink("/usr/bin/env", "../../bin/env");
  return builder.build();
}

export const busybox = new RegistryImage({
  repository: "busybox",
  summary: "A shell and small tools",
  tags: ["latest", "1.37", "1.36", "1.36.1", "1.35", "stable", "glibc", "musl", "uclibc"],
  created: "2024-09-26T21:31:42Z",
  id: "sha256:db287cb6be81219cd18c1d82b70908f5d33eb028568b456f78eedff2ff2930e4",
  digest: "sha256:7a3ebe5bfd1a4a19797d20b0c0bb39d44393e9a03fd852c0865b0f540d868df0",
  config: { Env: [DEFAULT_PATH], Cmd: ["sh"] },
  steps: [
    {
      createdBy: "BusyBox 1.37.0 (glibc), Debian 12",
      sizeBytes: 4_421_262,
      digest: "sha256:412f8a616e1efb03d4ab94ce18ebddf3f068b637f1c7ae8dbc82306a852de408",
    },
  ],
  programs: [program],
  files,
});
