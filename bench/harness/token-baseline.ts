// Runs in the console's own process (node --import), so that what is compared shares its event loop: an empty reply,
// and a route that signs a token of the same content with RSA-2048 and checks nothing.
import { createServer } from "node:http";
import { generateKeyPair, SignJWT } from "jose";

const { privateKey } = await generateKeyPair("RS256");
const access = ["a", "b", "c"].map((name) => ({
  type: "repository",
  name: `team-1/r${name}/app`,
  actions: ["pull", "push"],
}));

async function sign(): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "http://localhost:3000",
    sub: "robot:bench-1",
    aud: "bench",
    iat: now,
    nbf: now,
    exp: now + 300,
  };
  return new SignJWT({ ...claims, jti: crypto.randomUUID(), access })
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "baseline" })
    .sign(privateKey);
}

createServer((request, response) => {
  if (request.url !== "/rs256") {
    response.writeHead(200, { "content-length": 0 }).end();
    return;
  }
  sign().then(
    (token) => {
      const body = JSON.stringify({
        token,
        access_token: token,
        expires_in: 300,
        issued_at: new Date().toISOString(),
      });
      response
        .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
        .end(body);
    },
    () => response.destroy(),
  );
}).listen(Number(process.env.BENCH_BASELINE_PORT), "127.0.0.1");
