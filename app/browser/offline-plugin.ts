import type { Plugin } from "vite";

/**
 * Writes the service worker that makes the built page work without a network: it keeps every
 * file of the build, under a cache named after their names (which carry hashes of the contents).
 */
export function offline(): Plugin {
  return {
    name: "podwire-offline",
    apply: "build",
    generateBundle: {
      // After the page itself, and the worker's own chunks, became part of the bundle.
      order: "post",
      handler(_options, bundle) {
        const files = Object.keys(bundle).filter((name) => !name.endsWith(".map"));
        this.emitFile({
          type: "asset",
          fileName: "service-worker.js",
          source: serviceWorker(files),
        });
      },
    },
  };
}

function serviceWorker(files: readonly string[]): string {
  const urls = ["./", "./icon.svg", "./manifest.webmanifest", ...files.map((file) => `./${file}`)];
  return `const CACHE = ${JSON.stringify(`podwire-${fingerprint(files)}`)};
const FILES = ${JSON.stringify(urls)};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
});
`;
}

/** FNV-1a of the file names. */
function fingerprint(files: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const char of files.join("\n")) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16);
}
