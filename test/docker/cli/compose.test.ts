/** docker compose on a machine with Docker. */
import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

const FILE = `services:
  web:
    image: busybox
    command: httpd -f -p 80
    ports: ["8080:80"]
    depends_on: [store]
  store:
    image: busybox
    command: sh -c "echo ready; sleep 1000"
    environment: {GREETING: "\${WORD:-hello}"}
volumes:
  data:
`;

function project(file = FILE) {
  const { host, world } = lab("host -- other");
  host.types("mkdir demo").exits(0);
  host.types(`cat > demo/compose.yaml <<'END'\n${file}END`).exits(0);
  const compose = (line: string) => host.types(`cd demo; docker compose ${line}`);
  return { host, world, compose };
}

test("up makes networks, volumes and containers in the order of what depends on what", () => {
  const { compose, host } = project();
  const made = compose("up -d").exits(0).stderr;
  expect(made.replaceAll(/ (store|web) (Pulling|Pulled) \n/g, "")).toBe(
    ` Network demo_default  Creating
 Network demo_default  Created
 Volume "demo_data"  Creating
 Volume "demo_data"  Created
 Container demo-store-1  Creating
 Container demo-store-1  Created
 Container demo-web-1  Creating
 Container demo-web-1  Created
 Container demo-store-1  Starting
 Container demo-store-1  Started
 Container demo-web-1  Starting
 Container demo-web-1  Started
`,
  );
  compose("ps --format '{{.Name}} {{.Service}} {{.State}}'").printsExactly(
    "demo-store-1 store running\ndemo-web-1 web running\n",
  );
  compose("exec -T store env").prints("GREETING=hello");
  compose("exec -T web nslookup store").prints("172.18.0.2");
  compose("logs store").printsExactly("store-1  | ready\n");
  host.types("docker ps --format '{{.Names}} {{.Ports}}'").prints("0.0.0.0:8080->80/tcp");
  expect(compose("up -d").stderr).toBe(
    " Container demo-store-1  Running\n Container demo-web-1  Running\n",
  );
});

test("down takes everything away, the dependents first", () => {
  const { compose, host } = project();
  compose("up -d").exits(0);
  compose("down -v").exits(0);
  host.types("docker ps -aq; docker volume ls -q").printsExactly("");
  host.types("docker network ls --format '{{.Name}}'").printsExactly("bridge\nhost\nnone\n");
});

test("a service that changed is made anew", () => {
  const { compose } = project();
  compose("up -d").exits(0);
  const changed = compose("up -d").stderr;
  expect(changed).not.toContain("Recreate");
  const { stderr } = compose("down; WORD=bye docker compose up -d; docker compose up -d");
  expect(stderr).toContain("Container demo-store-1  Recreate\n");
});

test("config spells the short forms out", () => {
  const { compose } = project();
  compose("config").printsExactly(`name: demo
services:
  store:
    command:
      - sh
      - -c
      - echo ready; sleep 1000
    entrypoint: null
    environment:
      GREETING: hello
    image: busybox
    networks:
      default: null
  web:
    command:
      - httpd
      - -f
      - -p
      - "80"
    depends_on:
      store:
        condition: service_started
        required: true
    entrypoint: null
    image: busybox
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "8080"
        protocol: tcp
networks:
  default:
    name: demo_default
volumes:
  data:
    name: demo_data
`);
});

test.each([
  ["services:\n  a:\n    image: x\n    bogus: 1\n", "services.a additional properties 'bogus' not"],
  ["services:\n  a:\n    image: x\n    deploy: {}\n", "does not model 'deploy' of services.a"],
  ["services:\n  a: {}\n", 'service "a" has neither an image nor a build context specified'],
  [
    "services:\n  a:\n    image: x\n    depends_on: [b]\n",
    'service "a" depends on undefined service "b": invalid compose project',
  ],
  [
    "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n",
    "dependency cycle detected: a -> b -> a",
  ],
  ["services:\n  a:\n\timage: x\n", "compose.yaml: yaml: line 3:"],
  ["services:\n  a: {image: x, volumes: ['v:/x']}\n", 'service "a" refers to undefined volume v'],
])("%j is refused", (file, message) => {
  project(file).compose("up -d").complains(message, 1);
});

test("without a file there is nothing to compose", () => {
  const { host } = lab("host -- other");
  host.types("docker compose up").complains("no configuration file provided: not found\n", 1);
});
