import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { httpEcho as program } from "./programs/http-echo.ts";
import { RegistryImage } from "./registry-image.ts";

export const httpEcho = new RegistryImage({
  repository: "hashicorp/http-echo",
  summary: "Answers every request with a text",
  tags: ["latest", "1.0", "1.0.0"],
  created: "2023-08-08T15:37:11Z",
  config: {
    Env: [DEFAULT_PATH, "PRODUCT_VERSION=1.0.0", "BIN_NAME=http-echo", "ECHO_TEXT=hello-world"],
    Entrypoint: ["/http-echo"],
    ExposedPorts: { "5678/tcp": {} },
    User: "65532",
    WorkingDir: "/",
  },
  steps: [
    { createdBy: "COPY dist/linux/amd64/http-echo / # buildkit", sizeBytes: 7_030_000 },
    { createdBy: "EXPOSE map[5678/tcp:{}]", sizeBytes: 0 },
    { createdBy: "ENV ECHO_TEXT=hello-world", sizeBytes: 0 },
    { createdBy: 'ENTRYPOINT ["/http-echo"]', sizeBytes: 0 },
  ],
  programs: [program],
  files: () =>
    new ImageLayerBuilder(1_691_509_031)
      .file("/http-echo", executableFile(program), { mode: 0o755 })
      .file(
        "/etc/passwd",
        "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n",
      )
      .build(),
});
