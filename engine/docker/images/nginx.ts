import type { ImageLayer } from "../../kernel/fs/image-layer.ts";
import { nginxOfVersion } from "../../programs/nginx/nginx.ts";
import { digest } from "../../programs/support/digest.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { curlOfVersion } from "./curl-of-version.ts";
import { debianFiles, DEFAULT_PATH, MINIMAL_PROGRAMS } from "./debian-files.ts";
import { ENTRYPOINT, entrypointScripts } from "./nginx-entrypoint.ts";
import { RegistryImage } from "./registry-image.ts";

/** 2025-02-05 11:07:30, the day of nginx 1.26.3. */
const INSTALLED_SECONDS = 1_738_753_650;

const VERSION = "1.26.3";

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.0
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const MIME_TYPES = `
types {
    text/html                             html htm shtml;
    text/css                              css;
    text/xml                              xml;
    image/gif                             gif;
    image/jpeg                            jpeg jpg;
    application/javascript                js;
    text/plain                            txt;
    image/png                             png;
    image/svg+xml                         svg svgz;
    image/x-icon                          ico;
    application/json                      json;
    application/pdf                       pdf;
    application/zip                       zip;
    audio/mpeg                            mp3;
    video/mp4                             mp4;
}
`;

const STYLE = `<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>`;

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
${STYLE}
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const TROUBLE = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
${STYLE}
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
<p>If you are the system administrator of this resource then you should check
the error log for details.</p>
<p><em>Faithfully yours, nginx.</em></p>
</body>
</html>
`;

const programs = [
  ...MINIMAL_PROGRAMS,
  curlOfVersion("8.14.1"),
  nginxOfVersion(VERSION, "nginx.org"),
];

function files(): ImageLayer {
  const builder = debianFiles(
    {
      installedSeconds: INSTALLED_SECONDS,
      osRelease: OS_RELEASE,
      debianVersion: "13.0",
      passwd: "nginx:x:101:101:nginx user:/nonexistent:/bin/false\n",
      group: "nginx:x:101:\n",
    },
    programs,
  );
  builder
    .file("/docker-entrypoint.sh", ENTRYPOINT, { mode: 0o755 })
    .file("/etc/nginx/nginx.conf", NGINX_CONF)
    .file("/etc/nginx/mime.types", MIME_TYPES)
    .file("/etc/nginx/conf.d/default.conf", DEFAULT_CONF)
    .file("/usr/share/nginx/html/index.html", WELCOME)
    .file("/usr/share/nginx/html/50x.html", TROUBLE)
    .symlink("/var/log/nginx/access.log", "/dev/stdout")
    .symlink("/var/log/nginx/error.log", "/dev/stderr")
    .directory("/var/cache/nginx");
  const checksum = digest("md5", encodeUtf8(DEFAULT_CONF));
  for (const [name, text] of Object.entries(entrypointScripts(checksum))) {
    builder.file(`/docker-entrypoint.d/${name}`, text, { mode: 0o755 });
  }
  return builder.build();
}

export const nginx = new RegistryImage({
  repository: "nginx",
  summary: "A web server",
  tags: ["latest", "1.26", "1.26.3", "stable", "bookworm", "1.27", "mainline"],
  created: "2025-02-05T21:27:16Z",
  id: "sha256:6bed80cdc90b673d4fb4afea80752f40c30a16fefd4351df0de90104b3585937",
  digest: "sha256:58eaa980d5ee1d9f375efa8683a0e3928b5c40d92e6ef2af31c09dda89ba9038",
  config: {
    Env: [
      DEFAULT_PATH,
      `NGINX_VERSION=${VERSION}`,
      "NJS_VERSION=0.8.9",
      "NJS_RELEASE=1~bookworm",
      "PKG_RELEASE=1~bookworm",
      "DYNPKG_RELEASE=2~bookworm",
    ],
    Entrypoint: ["/docker-entrypoint.sh"],
    Cmd: ["nginx", "-g", "daemon off;"],
    ExposedPorts: { "80/tcp": {} },
    Labels: { maintainer: "NGINX Docker Maintainers <docker-maint@nginx.com>" },
    StopSignal: "SIGQUIT",
  },
  steps: [
    {
      createdBy: "# debian.sh --arch 'amd64' out/ 'trixie'",
      sizeBytes: 78_600_000,
      digest: "sha256:3b435eca040573fe144430966d40041de4f2b9dad54a39e6d492f5d23b3d67ff",
    },
    {
      createdBy: "LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>",
      sizeBytes: 0,
    },
    { createdBy: `ENV NGINX_VERSION=${VERSION}`, sizeBytes: 0 },
    {
      createdBy: "RUN /bin/sh -c apt-get install nginx curl gettext-base",
      sizeBytes: 14_728_520,
      digest: "sha256:4570cb10d548e25d6685e0e6cb980460fe5958b4b60f0b2d99caf425ecb6d967",
    },
    {
      createdBy: "COPY docker-entrypoint.sh / # buildkit",
      sizeBytes: 1620,
      digest: "sha256:6c041afb327c5c58ed2ce662427c00798a248a86d1591d9816bb7390a064875f",
    },
    {
      createdBy: "COPY 10-listen-on-ipv6-by-default.sh /docker-entrypoint.d # buildkit",
      sizeBytes: 2125,
      digest: "sha256:bb78515b1fbfa7f84bdc872454dc8c74861fd7202665f8e659e4318270dc076d",
    },
    {
      createdBy: "COPY 20-envsubst-on-templates.sh /docker-entrypoint.d # buildkit",
      sizeBytes: 3020,
      digest: "sha256:541dfc0a857ff14df75c706fbf7828e23e6d854aa7f333f740cf90c6c6276403",
    },
    {
      createdBy: "COPY 30-tune-worker-processes.sh /docker-entrypoint.d # buildkit",
      sizeBytes: 2118,
      digest: "sha256:05a37d18f9d28a8b4d81bc3108125ad39f9e98e40590232eaca74ffcee8c26c0",
    },
    { createdBy: 'ENTRYPOINT ["/docker-entrypoint.sh"]', sizeBytes: 0 },
    { createdBy: "EXPOSE map[80/tcp:{}]", sizeBytes: 0 },
    { createdBy: "STOPSIGNAL SIGQUIT", sizeBytes: 0 },
    { createdBy: 'CMD ["nginx" "-g" "daemon off;"]', sizeBytes: 0 },
  ],
  programs,
  files,
});
