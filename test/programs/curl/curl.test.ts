import { test } from "vitest";
import { lab } from "../../support/lab.ts";

function served() {
  const { a, b } = lab("a -- b");
  b.types(
    "mkdir www; echo hello > www/index.html; mkdir www/sub; head -c 5000 /dev/zero > www/big",
  );
  const server = b.starts("cd www; python3 -u -m http.server 80");
  return { a, server };
}

test("-v shows the conversation", () => {
  const { a } = served();
  a.types("curl -sv http://10.0.0.2/")
    .prints("hello\n")
    .warns(
      "*   Trying 10.0.0.2:80...\n* Connected to 10.0.0.2 (10.0.0.2) port 80 (#0)\n",
      "> GET / HTTP/1.1\r\n> Host: 10.0.0.2\r\n> User-Agent: curl/7.88.1\r\n> Accept: */*\r\n> \r\n",
      "* HTTP 1.0, assume close after body\n< HTTP/1.0 200 OK\r\n",
      "{ [6 bytes data]\n* Closing connection 0\n",
    );
});

test("-w prints figures, -o writes a file", () => {
  const { a } = served();
  a.types(
    "curl -s -o x -w '%{http_code} %{size_download} %{remote_port}\\n' http://10.0.0.2/big",
  ).prints("200 5000 80\n");
  a.types("wc -c < x").prints("5000\n");
});

test("-L follows a redirection, with the old server's version", () => {
  const { a, server } = served();
  a.types("curl -sL http://10.0.0.2/sub | head -1").prints("<!DOCTYPE HTML>\n");
  server
    .interrupted()
    .prints("Serving HTTP on 0.0.0.0 port 80 (http://0.0.0.0:80/) ...\n\nKeyboard interrupt")
    .warns('"GET /sub HTTP/1.1" 301 -\n', '"GET /sub/ HTTP/1.0" 200 -\n');
});

test("posted data and headers of one's own", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("nc -l 80");
  a.starts("curl -sm 1 -X PUT -d a=1 -d b=2 -H 'X-A: b' -H Accept: -u me:pw http://10.0.0.2/p?q");
  a.types("sleep 2");
  server
    .finishes(3)
    .prints(
      "PUT /p?q HTTP/1.1\r\nHost: 10.0.0.2\r\nAuthorization: Basic bWU6cHc=\r\n" +
        "User-Agent: curl/7.88.1\r\nX-A: b\r\nContent-Length: 7\r\n" +
        "Content-Type: application/x-www-form-urlencoded\r\n\r\na=1&b=2",
    );
});

test.each([
  [
    "-sS http://10.0.0.2:81/",
    7,
    "curl: (7) Failed to connect to 10.0.0.2 port 81 after 0 ms: Couldn't connect to server\n",
  ],
  ["-sSf http://10.0.0.2/none", 22, "curl: (22) The requested URL returned error: 404\n"],
  ["-sS foo://10.0.0.2/", 1, 'curl: (1) Protocol "foo" not supported or disabled in libcurl\n'],
  ["-sS http://10.0.0.2:99999/", 3, "curl: (3) URL using bad/illegal format or missing URL\n"],
  ["-sS http://10.9.9.9/", 7, "curl: (7) Failed to connect to 10.9.9.9 port 80"],
  ["-sS https://10.0.0.2:80/", 35, "curl: (35) Podwire does not model the protocol https\n"],
  ["--foo", 2, "curl: option --foo: is unknown\n"],
  ["-x proxy http://10.0.0.2/", 2, "curl: Podwire does not model the option -x\n"],
  ["", 2, "curl: try 'curl --help' or 'curl --manual' for more information\n"],
] as const)("curl %s ends with %d", (words, status, message) => {
  const { a } = served();
  a.types(`curl ${words}`).exits(status).warns(message);
});

test("the meter is silent with -s and on the terminal that shows the data", () => {
  const { a } = served();
  a.types("curl -s http://10.0.0.2/ 2>&1").prints("hello\n");
  a.types("curl http://10.0.0.2/").warns("  % Total    % Received % Xferd  Average Speed");
});
