import { expect, test } from "vitest";
import { busybox } from "../../../engine/docker/images/busybox.ts";
import { nginx } from "../../../engine/docker/images/nginx.ts";
import { DockerHost } from "./containers.ts";

function pair() {
  const host = new DockerHost();
  const web = host.run(nginx);
  const box = host.run(busybox, { argv: ["sleep", "1500"], with: web });
  return { host, web, box };
}

test("what a busybox container tells of itself", () => {
  const { box } = pair();
  expect(box.types("ps").out).toMatch(
    /^PID {3}USER {5}TIME {2}COMMAND\n {4}1 root {6}0:00 sleep 1500\n/,
  );
  expect(box.types("id").out).toBe("uid=0(root) gid=0(root) groups=0(root),10(wheel)\n");
  expect(box.types("ls /").out.split("\n").slice(0, 12)).toEqual(
    "bin dev etc home lib lib64 proc root sys tmp usr var".split(" "),
  );
  expect(box.types("hostname; uname -n").out).toBe("box\nbox\n");
  expect(box.types("mount | cut -d' ' -f1-5 | head -5").out).toBe(
    "overlay on / type overlay\nproc on /proc type proc\ntmpfs on /dev type tmpfs\n" +
      "devpts on /dev/pts type devpts\nsysfs on /sys type sysfs\n",
  );
});

test("its network tools have its own words", () => {
  const { box } = pair();
  expect(box.types("wget -O- http://127.0.0.1:80 >/dev/null").err).toBe(
    "Connecting to 127.0.0.1:80 (127.0.0.1:80)\nwriting to stdout\n" +
      "-                    100% |********************************|   615  0:00:00 ETA\nwritten to stdout\n",
  );
  expect(box.types("wget -qO- http://127.0.0.1:81").err).toBe(
    "wget: can't connect to remote host (127.0.0.1): Connection refused\n",
  );
  expect(box.types("wget -qO- http://nosuch", 30).err).toBe("wget: bad address 'nosuch'\n");
  expect(box.types("wget -q http://127.0.0.1/none").err).toBe(
    "wget: server returned error: HTTP/1.1 404 Not Found\n",
  );
  expect(box.types("nc -zv 127.0.0.1 80").err).toBe("127.0.0.1 (127.0.0.1:80) open\n");
  expect(box.types("netstat -ltnp").out).toBe(
    "Active Internet connections (only servers)\n" +
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n" +
      "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      -\n" +
      "tcp        0      0 :::80                   :::*                    LISTEN      -\n",
  );
  expect(box.types("traceroute -n 127.0.0.1").out).toMatch(
    /^traceroute to 127\.0\.0\.1 \(127\.0\.0\.1\), 30 hops max, 46 byte packets\n 1 {2}127\.0\.0\.1 {2}0\.\d{3} ms {2}0\.\d{3} ms {2}0\.\d{3} ms\n$/,
  );
  expect(box.types("ip route get 10.77.0.3").err).toBe(
    "ip: RTNETLINK answers: Network is unreachable\n",
  );
});

test("httpd serves a directory", () => {
  const { box } = pair();
  box.types("mkdir /www; echo hi > /www/index.html; httpd -p 8080 -h /www");
  expect(box.types("wget -qO- http://127.0.0.1:8080/").out).toBe("hi\n");
});
