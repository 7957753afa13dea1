import { busybox } from "../../programs/busybox/index.ts";
import { alpineFiles } from "./alpine-files.ts";
import { curlOfVersion } from "./curl-of-version.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { agnhost as program } from "./programs/agnhost.ts";
import { RegistryImage } from "./registry-image.ts";

const curl = curlOfVersion("8.9.1");

export const agnhost = new RegistryImage({
  repository: "registry.k8s.io/e2e-test-images/agnhost",
  summary: "Servers and clients for tests of Kubernetes",
  tags: ["latest", "2.53", "2.52", "2.47", "2.40", "2.39"],
  created: "2024-08-20T00:00:00Z",
  config: { Env: [DEFAULT_PATH], Entrypoint: ["/agnhost"], Cmd: ["pause"], WorkingDir: "/" },
  steps: [
    { createdBy: "ADD alpine-minirootfs.tar.gz / # buildkit", sizeBytes: 7_800_000 },
    {
      createdBy: "RUN apk add bind-tools curl netcat-openbsd iproute2 iperf",
      sizeBytes: 60_000_000,
    },
    { createdBy: "ADD agnhost agnhost # buildkit", sizeBytes: 71_000_000 },
    { createdBy: 'ENTRYPOINT ["/agnhost"]', sizeBytes: 0 },
    { createdBy: 'CMD ["pause"]', sizeBytes: 0 },
  ],
  programs: [busybox, curl, program],
  files: () => alpineFiles({ installedSeconds: 1_724_112_000 }, [curl, program]).build(),
});
