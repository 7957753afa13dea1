/** The files of an image with BusyBox in it: the program, and a name for each applet. */
import { executableFile } from "../../kernel/fs/executable.ts";
import type { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import { APPLETS, busybox } from "../../programs/busybox/index.ts";

export function installBusybox(
  builder: ImageLayerBuilder,
  how: "links in /bin" | "symbolic links where Alpine has them",
): void {
  builder.file("/bin/busybox", executableFile(busybox), { mode: 0o755 });
  for (const { directory, name } of APPLETS) {
    if (how === "links in /bin") builder.link(`/bin/${name}`, "/bin/busybox");
    else builder.symlink(`${directory}/${name}`, "/bin/busybox");
  }
}
