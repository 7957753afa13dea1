import { debianFiles, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { APACHE_VERSION, httpdForeground } from "./programs/apache.ts";
import { RegistryImage } from "./registry-image.ts";

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

const programs = [...MINIMAL_PROGRAMS, httpdForeground];

export const httpd = new RegistryImage({
  repository: "httpd",
  summary: "Apache's web server",
  tags: ["latest", "2.4", APACHE_VERSION, "bookworm"],
  created: "2025-01-23T17:22:47Z",
  config: {
    Env: [
      "PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HTTPD_PREFIX=/usr/local/apache2",
      `HTTPD_VERSION=${APACHE_VERSION}`,
    ],
    Cmd: ["httpd-foreground"],
    ExposedPorts: { "80/tcp": {} },
    StopSignal: "SIGWINCH",
    WorkingDir: "/usr/local/apache2",
  },
  steps: [
    { createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm'", sizeBytes: 74_800_000 },
    { createdBy: `ENV HTTPD_VERSION=${APACHE_VERSION}`, sizeBytes: 0 },
    { createdBy: "RUN make install", sizeBytes: 73_200_000 },
    { createdBy: "COPY httpd-foreground /usr/local/bin/ # buildkit", sizeBytes: 138 },
    { createdBy: "EXPOSE map[80/tcp:{}]", sizeBytes: 0 },
    { createdBy: 'CMD ["httpd-foreground"]', sizeBytes: 0 },
  ],
  programs,
  files: () =>
    debianFiles(
      { installedSeconds: 1_737_652_967, osRelease: OS_RELEASE, debianVersion: "12.9" },
      programs,
    )
      .file(
        "/usr/local/apache2/htdocs/index.html",
        "<html><body><h1>It works!</h1></body></html>\n",
      )
      .build(),
});
