import { test } from "vitest";
import { lab } from "../../support/lab.ts";

function served() {
  const { a, b } = lab("a -- b");
  b.types("mkdir www; echo hello > www/index.html; head -c 100000 /dev/zero > www/big.bin");
  b.starts("cd www; python3 -m http.server 80");
  return a;
}

test("a file is saved under its name, the next one beside it", () => {
  const a = served();
  a.types("wget http://10.0.0.2/big.bin").warns(
    "--  http://10.0.0.2/big.bin\nConnecting to 10.0.0.2:80... connected.\n",
    "HTTP request sent, awaiting response... 200 OK\n",
    "Length: 100000 (98K) [application/octet-stream]\nSaving to: 'big.bin'\n\n     0K .......... ",
    " 51% ",
    "    50K .......... .......... .......... .......... .......   100% ",
    ") - 'big.bin' saved [100000/100000]\n\n",
  );
  a.types("wget -nv http://10.0.0.2/big.bin; ls").prints("big.bin\nbig.bin.1\n");
});

test("-q -O- is the body and nothing else", () => {
  served().types("wget -q -O- http://10.0.0.2/ 2>&1").prints("hello\n");
});

test.each([
  ["http://10.0.0.2/none", 8, "ERROR 404: File not found.\n"],
  ["http://10.0.0.2:81/", 4, "failed: Connection refused.\n"],
  ["--spider http://10.0.0.2/none", 8, "Remote file does not exist -- broken link!!!\n"],
  ["foo://x/", 1, "foo://x/: Unsupported scheme 'foo'.\n"],
  ["-r http://10.0.0.2/", 2, "wget: Podwire does not model the option -r\n"],
  ["", 1, "wget: missing URL\n"],
] as const)("wget %s ends with %d", (words, status, message) => {
  served().types(`wget ${words}`).exits(status).warns(message);
});

test("-T and -t bound how long it tries", () => {
  const a = served();
  a.types("ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:99 dev eth0");
  a.types("wget -T 1 -t 2 -O- http://10.0.0.50/")
    .exits(4)
    .warns(
      "failed: Connection timed out.\nRetrying.\n\n",
      "(try: 2)",
      "failed: Connection timed out.\nGiving up.\n\n",
    );
});
