import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { pause as program } from "./programs/pause.ts";
import { RegistryImage } from "./registry-image.ts";

export const pause = new RegistryImage({
  repository: "registry.k8s.io/pause",
  summary: "Holds namespaces for other containers",
  tags: ["latest", "3.10", "3.9", "3.8", "3.7", "3.6"],
  created: "2024-05-14T00:00:00Z",
  config: { Env: [DEFAULT_PATH], Entrypoint: ["/pause"], User: "65535:65535", WorkingDir: "/" },
  steps: [
    { createdBy: "ADD bin/pause-linux-amd64 /pause # buildkit", sizeBytes: 736_000 },
    { createdBy: "USER 65535:65535", sizeBytes: 0 },
    { createdBy: 'ENTRYPOINT ["/pause"]', sizeBytes: 0 },
  ],
  programs: [program],
  files: () =>
    new ImageLayerBuilder(1_715_644_800)
      .file("/pause", executableFile(program), { mode: 0o755 })
      .build(),
});
