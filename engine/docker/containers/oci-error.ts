import type { ContainerStartError } from "../../machine/container-runtime.ts";
import type { Release } from "../daemon/release.ts";

/** What has become of runc's words when containerd and the engine have passed them on. */
export function ociError(
  error: ContainerStartError,
  release: Release,
  what: "create" | "exec",
): string {
  if (error.foundBy === "engine") return error.message;
  // Before Go 1.20 LookPath() did not tell a directory from a file that may not be run.
  const why =
    release === "28"
      ? error.message
      : error.message.replace(/: is a directory$/, ": permission denied");
  if (what === "exec") {
    return `OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown`;
  }
  const isNew = release === "28";
  const task = isNew ? "failed to create task for container: " : "";
  const init = isNew ? "error during container init: " : "";
  return `${task}failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${init}${why}: unknown`;
}
