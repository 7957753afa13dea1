/** Where overlay2 would keep layers: the paths that `docker inspect` and /proc/mounts show. */
import type { GraphDriver } from "../api/container.ts";
import type { Container } from "../containers/container.ts";
import type { Release } from "../daemon/release.ts";
import type { StoredImage } from "./stored-image.ts";

const ROOT = "/var/lib/docker/overlay2";

/** Layers in the order in which overlayfs takes them: the topmost first. */
function layerDirectories(image: StoredImage): string[] {
  return image.layers.map(({ digest }) => `${ROOT}/${directoryName(digest)}`).reverse();
}

/** The store gives layers names of its own; a digest turned round is as good. */
function directoryName(digest: string): string {
  return [...digest.replace(/^sha256:/, "")].reverse().join("");
}

export function graphDriver(container: Container, release: Release): GraphDriver {
  const { layerId, image } = container.identity;
  const own = `${ROOT}/${layerId}`;
  const lower = [`${own}-init/diff`, ...layerDirectories(image).map((path) => `${path}/diff`)];
  return {
    Data: {
      ...(release === "28" ? { ID: container.id } : {}),
      LowerDir: lower.join(":"),
      MergedDir: `${own}/merged`,
      UpperDir: `${own}/diff`,
      WorkDir: `${own}/work`,
    },
    Name: "overlay2",
  };
}

export function imageGraphDriver(image: StoredImage): GraphDriver {
  const [top = ROOT, ...lower] = layerDirectories(image);
  return {
    Data: {
      ...(lower.length > 0 ? { LowerDir: lower.map((path) => `${path}/diff`).join(":") } : {}),
      MergedDir: `${top}/merged`,
      UpperDir: `${top}/diff`,
      WorkDir: `${top}/work`,
    },
    Name: "overlay2",
  };
}

/** As /proc/mounts shows the root: lower directories by their short links. */
export function rootMountOptions(container: Container): string {
  const { layerId, image } = container.identity;
  const links = [`${layerId}-init`, ...image.layers.map(({ digest }) => digest).reverse()].map(
    (name) => `${ROOT}/l/${shortLink(name)}`,
  );
  const own = `${ROOT}/${layerId}`;
  return `rw,relatime,lowerdir=${links.join(":")},upperdir=${own}/diff,workdir=${own}/work`;
}

const LINK_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LINK_LENGTH = 26;

/** 26 letters of base 32, as overlay2 names its links. */
function shortLink(name: string): string {
  let hash = 0x811c9dc5;
  let link = "";
  for (let at = 0; at < LINK_LENGTH; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at % name.length), 0x01000193) >>> 0;
    link += LINK_LETTERS[hash % 32];
  }
  return link;
}
