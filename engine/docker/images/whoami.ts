import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { whoami as program } from "./programs/whoami.ts";
import { RegistryImage } from "./registry-image.ts";

export const whoami = new RegistryImage({
  repository: "traefik/whoami",
  summary: "Tells who answers, and what was asked",
  tags: ["latest", "v1.10", "v1.10.3"],
  created: "2024-09-09T12:02:58Z",
  config: {
    Env: [DEFAULT_PATH],
    Entrypoint: ["/whoami"],
    ExposedPorts: { "80/tcp": {} },
    WorkingDir: "/",
  },
  steps: [
    { createdBy: "COPY whoami / # buildkit", sizeBytes: 6_390_000 },
    { createdBy: 'ENTRYPOINT ["/whoami"]', sizeBytes: 0 },
    { createdBy: "EXPOSE map[80/tcp:{}]", sizeBytes: 0 },
  ],
  programs: [program],
  files: () =>
    new ImageLayerBuilder(1_725_883_378)
      .file("/whoami", executableFile(program), { mode: 0o755 })
      .build(),
});
