import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a page, an error page, and what the logs say of them", () => {
  const { a, b } = lab("a -- b");
  b.types("echo home > /var/www/html/index.html; nginx; ss -ltnp").prints(
    "LISTEN 0      511",
    'users:(("nginx",pid=',
    '),("nginx",pid=',
  );
  a.types("curl -si http://10.0.0.2/").prints(
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n",
    "Content-Type: text/html\r\nContent-Length: 5\r\n",
    "Connection: keep-alive\r\n",
    "home\n",
  );
  a.types("curl -s http://10.0.0.2/none").prints("<center><h1>404 Not Found</h1></center>\r\n");
  b.types("cat /var/log/nginx/access.log").prints(
    '] "GET / HTTP/1.1" 200 5 "-" "curl/7.88.1"\n',
    '] "GET /none HTTP/1.1" 404 153 "-" "curl/7.88.1"\n',
  );
  b.types("nginx -s stop; sleep 0.1; ss -Hltn").prints("");
  a.types("curl -s http://10.0.0.2/").exits(7);
});

test("a connection is kept for the next request, and closed after 65 idle seconds", () => {
  const { a, b } = lab("a -- b");
  b.types("nginx");
  a.types(
    "curl -s -o /dev/null -o /dev/null -w '%{num_connects} ' http://10.0.0.2/ http://10.0.0.2/",
  ).prints("1 0 ");
  const idle = a.starts("printf 'GET / HTTP/1.1\\r\\nHost: b\\r\\n\\r\\n' | nc 10.0.0.2 80");
  a.types("sleep 60; ss -Htn").prints("ESTAB");
  expect(idle.finishes(10).exit).toBe(0);
});

test("a name chooses the server; a wrong configuration is refused", () => {
  const { a, b } = lab("a -- b");
  b.types(
    "mkdir -p /etc/nginx/sites-enabled; cat > /etc/nginx/sites-enabled/default <<'X'\n" +
      "server { listen 80 default_server; return 200 'one'; }\n" +
      "server { listen 80; server_name two.test; return 200 'two'; }\nX\nnginx",
  ).exits(0);
  a.types("curl -s http://10.0.0.2/; curl -s -H 'Host: two.test' http://10.0.0.2/").prints(
    "onetwo",
  );
  b.types("echo 'server { foo bar; }' > /etc/nginx/sites-enabled/default; nginx -t")
    .exits(1)
    .complains('nginx: [emerg] unknown directive "foo" in /etc/nginx/sites-enabled/default:1\n');
});

test("a client that says nothing does not hold up the others", () => {
  const { a, b } = lab("a -- b");
  b.types("nginx");
  a.starts("sleep 100 | nc 10.0.0.2 80");
  a.types("curl -sm 1 -o /dev/null -w '%{http_code}' http://10.0.0.2/").prints("200");
});
