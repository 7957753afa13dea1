import { pathOf } from "../dentry.ts";
import type { Mount } from "../mount.ts";
import type { MountNamespace } from "../mount-namespace.ts";

/** /proc/PID/mounts, proc(5): blanks in names are octal escapes. */
export function mountsText(namespace: MountNamespace): string {
  return namespace
    .list()
    .map(
      (mount) =>
        `${escape(mount.source)} ${escape(placeOf(mount))} ${mount.fileSystem.type} ${mount.options} 0 0\n`,
    )
    .join("");
}

/** /proc/PID/mountinfo, proc(5). */
export function mountInfoText(namespace: MountNamespace): string {
  const mounts = namespace.list();
  const firstId = 21;
  return mounts
    .map((mount, index) => {
      const parent = mount.covers ? mounts.indexOf(mount.covers.mount) : -1;
      const parentId = parent < 0 ? 1 : firstId + parent;
      const shared = mount.options.split(",")[0] === "ro" ? "ro" : "rw";
      const fields = [
        firstId + index,
        parentId,
        `0:${namespace.deviceNumber(mount.fileSystem)}`,
        rootOf(mount),
        escape(placeOf(mount)),
        mount.options,
        "-",
        mount.fileSystem.type,
        escape(mount.source),
        shared,
      ];
      return `${fields.join(" ")}\n`;
    })
    .join("");
}

function placeOf(mount: Mount): string {
  return mount.covers ? pathOf(mount.covers) : "/";
}

/** A bound namespace shows its name, `net:[4026532180]`. */
function rootOf(mount: Mount): string {
  return mount.fileSystem.type === "nsfs" ? `net:[${mount.root.number}]` : "/";
}

function escape(text: string): string {
  return text.replace(/[ \t\n\\]/g, (char) => {
    return `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}
